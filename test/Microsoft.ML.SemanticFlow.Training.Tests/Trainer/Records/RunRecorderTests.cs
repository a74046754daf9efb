// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

[TestClass]
[DoNotParallelize]
public sealed class RunRecorderTests
{
    [TestMethod]
    public void Fit_WholeRun_SaysWhatWasRunOnWhat()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);

        TinyRun.Fit(
            scenes,
            TinyRun.Options with { Run = new TrainingRun(scenes.Run) { Notes = new Dictionary<string, string> { ["why"] = "a trial" } }, ValidationSet = scenes.Paths(context) });

        var run = Read(scenes);
        var start = run.GetProperty("starts")[0];
        var end = start.GetProperty("end");
        var best = Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors"));
        Assert.AreEqual("finished", run.GetProperty("state").GetString());
        Assert.AreEqual("tiny", run.GetProperty("network").GetString());
        Assert.AreEqual("disk", run.GetProperty("labels").GetProperty("classes")[1].GetString());
        Assert.AreEqual(1, run.GetProperty("seed").GetInt32());
        Assert.AreEqual("64", run.GetProperty("options").GetProperty("CropHeight").GetString());
        Assert.AreEqual(1, run.GetProperty("starts").GetArrayLength());
        Assert.AreEqual(0, start.GetProperty("from_epoch").GetInt32());
        Assert.AreEqual(2, start.GetProperty("epochs").GetInt32());
        Assert.AreEqual("float32", start.GetProperty("plan").GetProperty("precision").GetString());
        Assert.AreEqual(Environment.ProcessorCount, start.GetProperty("machine").GetProperty("cores").GetInt32());
        Assert.AreNotEqual("", start.GetProperty("machine").GetProperty("processor").GetString());
        Assert.AreEqual(4, start.GetProperty("training_set").GetProperty("rows").GetInt32());
        Assert.AreEqual("000.png", start.GetProperty("training_set").GetProperty("first").GetString());
        Assert.AreEqual("003.png", start.GetProperty("validation_set").GetProperty("last").GetString());
        Assert.AreEqual("a trial", start.GetProperty("notes").GetProperty("why").GetString());
        Assert.AreEqual("finished", end.GetProperty("state").GetString());
        Assert.AreEqual(2, end.GetProperty("epoch").GetInt32());
        Assert.AreEqual(best.Epoch, end.GetProperty("best_epoch").GetInt32());
        Assert.AreEqual(best.MeanIoU!.Value, end.GetProperty("best_miou").GetDouble()); // validated, so known
    }

    [TestMethod]
    public void Fit_FailedThenCancelledThenResumed_KeepsEveryStart()
    {
        using var scenes = new TinyScenes(4);
        var options = TinyRun.Options with { Epochs = 4, Run = new TrainingRun(scenes.Run) { Resume = true } };

        Interrupted.FitUntil(scenes, options, report => report is { Phase: TrainingPhase.Step, Epoch: 2 });
        TinyRun.FitUntil(scenes, options, epoch: 3);
        TinyRun.Fit(scenes, options with { Execution = options.Execution with { Threads = 2 } });

        var starts = Read(scenes).GetProperty("starts").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { 0, 1, 3 }, starts.Select(start => start.GetProperty("from_epoch").GetInt32()).ToArray());
        CollectionAssert.AreEqual(new[] { "failed", "cancelled", "finished" }, starts.Select(start => start.GetProperty("end").GetProperty("state").GetString()).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 3, 4 }, starts.Select(start => start.GetProperty("end").GetProperty("epoch").GetInt32()).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 1, 2 }, starts.Select(start => start.GetProperty("plan").GetProperty("threads").GetInt32()).ToArray());
        Assert.AreEqual("The machine was turned off.", starts[0].GetProperty("end").GetProperty("message").GetString());
        Assert.IsFalse(starts[1].GetProperty("end").TryGetProperty("message", out _));
    }

    [TestMethod]
    public void Fit_ImageThatDoesNotRead_IsRecordedAsFailed()
    {
        using var scenes = new TinyScenes(3);
        scenes.Draw(1, 64, 64, maskHeight: 32);

        Assert.ThrowsExactly<InvalidDataException>(() => TinyRun.Fit(scenes, TinyRun.Options with { Run = new TrainingRun(scenes.Run) }));

        var end = Read(scenes).GetProperty("starts")[0].GetProperty("end");
        Assert.AreEqual("failed", end.GetProperty("state").GetString());
        Assert.AreEqual(0, end.GetProperty("epoch").GetInt32());
        StringAssert.Contains(end.GetProperty("message").GetString(), "001.png", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_LossOutOfRangeAfterAnEpoch_KeepsTheWeightsAndIsRecordedAsFailed()
    {
        using var scenes = new TinyScenes(2);
        var diverged = Interrupted.Throwing(report => report is { Phase: TrainingPhase.Step, Epoch: 2 }, new NotFiniteNumberException("The loss became NaN.", double.NaN));

        TinyRun.Fit(scenes, TinyRun.Options with { Run = new TrainingRun(scenes.Run), Progress = diverged });

        var end = Read(scenes).GetProperty("starts")[0].GetProperty("end");
        Assert.AreEqual("failed", end.GetProperty("state").GetString());
        Assert.AreEqual(1, end.GetProperty("epoch").GetInt32());
        Assert.AreEqual("The loss became NaN.", end.GetProperty("message").GetString());
        Assert.IsTrue(File.Exists(Path.Combine(scenes.Run, "model.onnx")));
    }

    [TestMethod]
    public void Fit_ResumedOnMoreImages_IsRefusedUnlessAllowed()
    {
        using var scenes = new TinyScenes(4);
        var options = TinyRun.Options with { Run = new TrainingRun(scenes.Run) };
        TinyRun.Fit(scenes, options);
        scenes.Draw(4, 64, 64);
        var resumed = options with { Epochs = 3, Run = options.Run! with { Resume = true } };

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => TinyRun.Fit(scenes, resumed));
        TinyRun.Fit(scenes, resumed with { Run = resumed.Run! with { AllowOtherData = true } });

        StringAssert.Contains(thrown.Message, "The training set is not the one", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "that had 4 rows, this has 5", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "AllowOtherData", StringComparison.Ordinal);
        var starts = Read(scenes).GetProperty("starts");
        Assert.AreEqual(2, starts.GetArrayLength()); // the refused one changed nothing
        Assert.AreEqual(5, starts[1].GetProperty("training_set").GetProperty("rows").GetInt32());
    }

    [TestMethod]
    public void Fit_ResumedWithOtherValidationImages_IsRefused()
    {
        using var scenes = new TinyScenes(2);
        using var others = new TinyScenes(2, 96);
        var context = new MLContext(1);
        var options = TinyRun.Options with { Epochs = 1, Run = new TrainingRun(scenes.Run), ValidationSet = scenes.Paths(context) };
        TinyRun.Fit(scenes, options);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(
            () => TinyRun.Fit(scenes, options with { Epochs = 2, Run = options.Run! with { Resume = true }, ValidationSet = others.Paths(context) }));

        StringAssert.Contains(thrown.Message, "The validation set is not the one", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "file names and sizes differ", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ProcessEndsWhileValidating_ResumingValidatesThatEpochAndLeavesOneRowEach()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var options = TinyRun.Options with { Epochs = 3, Run = new TrainingRun(scenes.Run) { Resume = true }, ValidationSet = scenes.Paths(context) };

        Interrupted.FitUntil(scenes, options, report => report is { Phase: TrainingPhase.Validation, Epoch: 2, Step: 3 });
        string[] killed = File.ReadAllLines(Path.Combine(scenes.Run, "log.csv"));
        TinyRun.Fit(scenes, options);

        var log = Rows(scenes, "log.csv");
        var validations = Rows(scenes, "validation.csv");
        Assert.HasCount(3, killed);
        Assert.AreEqual("", killed[2].Split(',')[4]); // trained, not validated
        CollectionAssert.AreEqual(new[] { "1", "2", "3" }, log.Select(row => row["epoch"]).ToArray());
        CollectionAssert.AreEqual(new[] { "1", "2", "3" }, validations.Select(row => row["epoch"]).ToArray());
        Assert.IsTrue(log.Select(row => Number(row["seconds"])).SequenceEqual(log.Select(row => Number(row["seconds"])).Order()), "seconds go on where the first start ended");
        Assert.IsTrue(log.All(
            row => Number(row["images_per_second"]) > 0 && Number(row["memory_megabytes"]) is > 50 && Number(row["peak_memory_megabytes"]) >= Number(row["memory_megabytes"])));
        var classes = validations[2];
        var known = new[] { "ground", "disk", "box" }.Where(name => classes[name] != "").Select(name => Number(classes[name])).ToArray();
        Assert.AreEqual(known.Average(), Number(classes["miou"]), 1e-6); // six digits of each
        Assert.AreEqual(log[2]["validation_miou"], classes["miou"]);
    }

    [TestMethod]
    public void Fit_DamagedRecord_SaysWhichFile()
    {
        using var scenes = new TinyScenes(2);
        Directory.CreateDirectory(scenes.Run);
        File.WriteAllText(Path.Combine(scenes.Run, "run.json"), "{ \"network\": ");

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => TinyRun.Fit(scenes, TinyRun.Options with { Run = new TrainingRun(scenes.Run) }));

        StringAssert.Contains(thrown.Message, "run.json is no record of a run", StringComparison.Ordinal);
    }

    private static JsonElement Read(TinyScenes scenes) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(scenes.Run, "run.json"))).RootElement;

    private static Dictionary<string, string>[] Rows(TinyScenes scenes, string file)
    {
        string[][] lines = [.. File.ReadLines(Path.Combine(scenes.Run, file)).Select(line => line.Split(','))];
        Assert.IsTrue(lines.All(line => line.Length == lines[0].Length), "every row has the header's columns");
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
