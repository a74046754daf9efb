// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>One tiny run of the trainer, shared by the tests that need its folder.</summary>
[TestClass]
public sealed class TrainTests
{
    private static TinyDataset? _data;
    private static CommandResult? _training;

    private static TinyDataset Data => _data ?? throw new InvalidOperationException("The class is not initialised.");

    private static string Run => Data.At("run");

    [ClassInitialize]
    public static void Train(TestContext _)
    {
        _data = new TinyDataset();
        _training = CommandLine.Run(Options("--output", Run, "--json"));
    }

    [ClassCleanup]
    public static void Clean() => _data?.Dispose();

    [TestMethod]
    public void Train_TinyFolder_LeavesAModelAndSaysHowGoodItIs()
    {
        Assert.AreEqual(ExitCode.Done, _training!.Code, _training.Error);
        using var json = JsonDocument.Parse(_training.Output);
        Assert.AreEqual(1, json.RootElement.GetProperty("bestEpoch").GetInt32());
        Assert.IsTrue(json.RootElement.GetProperty("meanIoU").GetDouble() is >= 0 and <= 1);
        Assert.IsTrue(File.Exists(json.RootElement.GetProperty("model").GetString()));
        StringAssert.Contains(_training.Error, "epoch 1/1");
        Assert.IsFalse(_training.Error.Contains('\u001b', StringComparison.Ordinal));
    }

    [TestMethod]
    public void Train_FolderHoldsARun_AsksForResume()
    {
        var result = CommandLine.Run(Options("--output", Run));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--resume");
    }

    [TestMethod]
    public void Train_LossOutOfRangeInTheFirstEpoch_Ends3WithASentence()
    {
        var result = CommandLine.Run(Options("--output", Data.At("diverged"), "--lr", "1e30", "--warm-up", "0"));

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        StringAssert.Contains(result.Error, "The loss became NaN");
    }

    // Sane for an epoch, then not.
    [TestMethod]
    public void Train_LossOutOfRangeInALaterEpoch_Ends3AndExportsTheBestWeights()
    {
        string[] options = Options(
            "--output", Data.At("diverged-later"), "--json", "--warm-up", "0", "--schedule", "poly-restart", "--restart-epoch", "1", "--restart-factor", "1e30");
        options[Array.IndexOf(options, "--epochs") + 1] = "4";

        var result = CommandLine.Run(options);

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        StringAssert.Contains(result.Error, "The loss became NaN");
        StringAssert.Contains(result.Error, "Training ended after epoch 1 of 4; the best weights, of epoch 1, are kept and exported.");
        using var json = JsonDocument.Parse(result.Output);
        StringAssert.StartsWith(json.RootElement.GetProperty("diverged").GetString(), "The loss became NaN");
        Assert.IsTrue(File.Exists(json.RootElement.GetProperty("model").GetString()));
    }

    [TestMethod]
    public void Train_AlreadyCancelled_Ends130()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        var result = CommandLine.Run(cancelled.Token, Options("--output", Data.At("cancelled")));

        Assert.AreEqual(ExitCode.Cancelled, result.Code, result.Error);
        StringAssert.Contains(result.Error, "Cancelled");
    }

    [TestMethod]
    public void Evaluate_TrainedModel_PrintsTheTable()
    {
        var result = CommandLine.Run("evaluate", "--model", Path.Combine(Run, "model.onnx"), "--images", Data.Images, "--labels", Data.Masks);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "right");
    }

    [TestMethod]
    [DataRow("scoring", "graph", new string[0])]
    [DataRow("logits", "caller", new[] { "--form", "logits" })]
    [DataRow("logits", "graph", new[] { "--form", "logits", "--normalization", "graph" })]
    public void Export_RunFolder_WritesAModelThatPredicts(string form, string normalization, string[] options)
    {
        string model = Data.At($"{form}-{normalization}.onnx"), masks = Data.At($"masks-{form}-{normalization}");

        var exported = CommandLine.Run(["export", "--model", Run, "--output", model, .. options, "--json"]);
        var predicted = CommandLine.Run("predict", "--model", model, "--images", Data.Images, "--output", masks);

        Assert.AreEqual(ExitCode.Done, exported.Code, exported.Error);
        using var json = JsonDocument.Parse(exported.Output);
        Assert.IsTrue(json.RootElement.GetProperty("argMaxAgreement").GetDouble() > 0.99);
        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
        Assert.AreEqual((form, normalization), (json.RootElement.GetProperty("form").GetString(), json.RootElement.GetProperty("normalization").GetString()));
        Assert.IsTrue(File.Exists(Path.Combine(masks, "0.png")));
    }

    [TestMethod]
    [DataRow("caller")]
    [DataRow("graph")]
    public void Export_OnnxFileToAnotherForm_PointsToTheRunFolder(string normalization)
    {
        var result = CommandLine.Run("export", "--model", Path.Combine(Run, "model.onnx"), "--output", Data.At("other.onnx"), "--form", "logits", "--normalization", normalization);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "run folder");
        Assert.IsFalse(File.Exists(Data.At("other.onnx")));
    }

    [TestMethod]
    public void Export_NoRunInTheFolder_SaysWhatIsMissing()
    {
        var result = CommandLine.Run("export", "--model", Data.Images, "--output", Data.At("none.onnx"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, Data.Images);
    }

    [TestMethod]
    public void Train_ResumeByTheFolderAlone_GoesOnWithTheRecordedOptions()
    {
        string run = CopyOfRun("resumed");

        var result = CommandLine.Run("train", "--output", run, "--resume", "--epochs", "2", "--tensorboard");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Error, "epoch 2/2");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "run.json")));
        var starts = json.RootElement.GetProperty("starts");
        Assert.AreEqual(2, starts.GetArrayLength());
        Assert.AreEqual(1, starts[1].GetProperty("from_epoch").GetInt32());
        Assert.AreEqual(
            "--dataset folder --data .. --map left,right --preset paper --network sfnet-dfv1 --epochs 2 --batch 2 --crop 64,64 --precision fp32 " +
            "--threads 1 --seed 1 --tensorboard true paths relative to this folder",
            string.Join(' ', starts[1].GetProperty("notes").EnumerateObject().Select(note => $"{note.Name} {note.Value}")));
        Assert.HasCount(1, Directory.GetFiles(Path.Combine(run, "tensorboard")));
    }

    [TestMethod]
    public void Train_ResumeWithAContradictingOption_IsRefused()
    {
        var result = CommandLine.Run("train", "--output", CopyOfRun("contradicted"), "--resume", "--lr", "0.5");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Error, "LearningRate 0.01, not 0.5");
    }

    [TestMethod]
    public void Train_ResumeOnOtherData_IsRefusedUnlessAllowed()
    {
        using var other = new TinyDataset();
        File.Delete(other.At("train", "images", "0.png"));
        string run = CopyOfRun("elsewhere");

        var refused = CommandLine.Run("train", "--output", run, "--resume", "--data", other.Root);
        var allowed = CommandLine.Run("train", "--output", run, "--resume", "--data", other.Root, "--allow-other-data");

        Assert.AreEqual(ExitCode.BadInput, refused.Code);
        StringAssert.Contains(refused.Error, "that had 4 rows, this has 3");
        StringAssert.Contains(refused.Error, "or give --allow-other-data to go on with this.");
        Assert.AreEqual(ExitCode.Done, allowed.Code, allowed.Error);
    }

    [TestMethod]
    public void Train_ResumeWhenTheDataHasMoved_SaysToGiveItsPlaceAnew()
    {
        using var moved = new TinyDataset();
        string run = CopyOfRun("moved");
        string record = Path.Combine(run, "run.json");
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"--data\": \"..\"", "\"--data\": \"../gone\"", StringComparison.Ordinal));

        var lost = CommandLine.Run("train", "--output", run, "--resume");
        var mistyped = CommandLine.Run("train", "--output", run, "--resume", "--data", "nowhere");
        var found = CommandLine.Run("train", "--output", run, "--resume", "--data", moved.Root);

        Assert.AreEqual(ExitCode.BadInput, lost.Code);
        StringAssert.Contains(lost.Sentence, $"'{Data.At("gone")}");
        StringAssert.Contains(lost.Sentence, "give the place of the data anew");
        StringAssert.Contains(mistyped.Sentence, "'nowhere");
        Assert.IsFalse(mistyped.Sentence.Contains("anew", StringComparison.Ordinal));
        Assert.AreEqual(ExitCode.Done, found.Code, found.Error);
    }

    [TestMethod]
    public void Train_RecordWithPathsAsTyped_GoesOn()
    {
        string run = CopyOfRun("earlier");
        string record = Path.Combine(run, "run.json");
        var earlier = File.ReadAllLines(record).Where(line => !line.Contains("\"paths\"", StringComparison.Ordinal)).ToList();
        string text = string.Join('\n', earlier).Replace("\"--data\": \"..\"", $"\"--data\": \"{JsonEncodedText.Encode(Data.Root)}\"", StringComparison.Ordinal);
        File.WriteAllText(record, Regex.Replace(text, ",(\\s*})", "$1")); // the comma before the line that is gone

        var result = CommandLine.Run("train", "--output", run, "--resume", "--epochs", "2");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(File.ReadAllBytes(record));
        Assert.AreEqual("..", json.RootElement.GetProperty("starts")[1].GetProperty("notes").GetProperty("--data").GetString());
    }

    [TestMethod]
    public void Train_RunAndDataMovedTogether_GoOn()
    {
        using var elsewhere = new TemporaryFolder();
        var files = Directory.EnumerateFiles(Data.At("train"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Data.At("val"), "*", SearchOption.AllDirectories)).Concat(Directory.EnumerateFiles(Run));
        foreach (string file in files)
            File.Copy(file, elsewhere.Prepare(Path.GetRelativePath(Data.Root, file)));

        var result = CommandLine.Run("train", "--output", elsewhere["run"], "--resume", "--epochs", "2");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.IsFalse(File.ReadAllText(elsewhere["run", "run.json"]).Contains(Data.Root, StringComparison.Ordinal));
    }

    [TestMethod]
    public void Train_ForgetPaths_KeepsNoneAndAsksForThem()
    {
        string run = Data.At("forgetful"), map = Data.At("classes-of-mine.csv");
        File.WriteAllText(map, TinyDataset.Labels.ToCsv());

        var first = CommandLine.Run([.. Options("--output", run, "--forget-paths").Select(word => word == TinyDataset.Map ? map : word)]);
        var lost = CommandLine.Run("train", "--output", run, "--resume", "--epochs", "2");
        var found = CommandLine.Run("train", "--output", run, "--resume", "--epochs", "2", "--data", Data.Root, "--map", map);

        Assert.AreEqual(ExitCode.Done, first.Code, first.Error);
        string record = File.ReadAllText(Path.Combine(run, "run.json"));
        Assert.IsFalse(record.Contains("\"--data\"", StringComparison.Ordinal), record);
        Assert.IsFalse(record.Contains("classes-of-mine.csv", StringComparison.Ordinal), record);
        Assert.AreEqual(ExitCode.Usage, lost.Code);
        StringAssert.Contains(lost.Sentence, "--data");
        Assert.AreEqual(ExitCode.Done, found.Code, found.Error);
        Assert.IsFalse(File.ReadAllText(Path.Combine(run, "run.json")).Contains(Data.Root, StringComparison.Ordinal));
    }

    [TestMethod]
    public void Train_NoDatasetAndNoRun_IsUsage()
    {
        var result = CommandLine.Run("train", "--output", Data.At("nothing"), "--resume");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--dataset is missing");
    }

    [TestMethod]
    public void Train_LabelFileMissing_NamesIt()
    {
        using var data = new TinyDataset();
        File.Delete(data.At("train", "labels", "2.png"));

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, data.At("train", "labels", "2.png"));
    }

    [TestMethod]
    public void Train_NoImages_SaysWhereItLooked()
    {
        using var data = new TinyDataset();
        Directory.Delete(data.TrainImages, recursive: true);
        Directory.CreateDirectory(data.TrainImages);

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, data.TrainImages);
    }

    [TestMethod]
    public void Train_SizesDiffer_NamesTheFile()
    {
        using var data = new TinyDataset();
        new SegmentationMask(32, 32, new byte[32 * 32], TinyDataset.Labels).Save(data.At("train", "labels", "1.png"));

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "folder",
            "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--crop", "64,64", "--epochs", "1");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, "32 x 32");
        Assert.IsFalse(result.Error.Contains("   at ", StringComparison.Ordinal), result.Error);
    }

    [TestMethod]
    public void Train_ValidationImageTooSmall_NamesItsFile()
    {
        using var data = new TinyDataset();
        using (var small = MLImage.CreateFromPixels(16, 16, MLPixelFormat.Bgra32, new byte[16 * 16 * 4]))
            small.Save(Path.Combine(data.Images, "1.png"));
        new SegmentationMask(16, 16, new byte[16 * 16], TinyDataset.Labels).Save(Path.Combine(data.Masks, "1.png"));

        var result = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
            "--crop", "32,32", "--epochs", "1", "--batch", "4", "--threads", "1");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, $"Image '{Path.Combine(data.Images, "1.png")}' is 16 x 16 pixels");
    }

    [TestMethod]
    public void Train_TruncatedImage_NamesIt()
    {
        using var data = new TinyDataset();
        string path = Path.Combine(data.TrainImages, "3.png");
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "folder",
            "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--crop", "64,64", "--epochs", "1");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, "3.png");
        Assert.IsFalse(result.Error.Contains("   at ", StringComparison.Ordinal), result.Error);
    }

    private static string CopyOfRun(string name)
    {
        string copy = Data.At(name);
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(Run))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static string[] Options(params string[] more) =>
    [
        "train", "--preset", "paper", "--dataset", "folder", "--data", Data.Root, "--map", TinyDataset.Map, "--network", "sfnet-dfv1",
        "--epochs", "1", "--batch", "2", "--crop", "64,64", "--threads", "1", "--seed", "1", "--precision", "fp32", .. more,
    ];
}
