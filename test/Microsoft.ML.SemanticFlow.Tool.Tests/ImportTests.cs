// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The checkpoint of a tiny run, imported again: a file of weights as any other.</summary>
[TestClass]
public sealed class ImportTests
{
    private static TinyDataset? _data;

    private static TinyDataset Data => _data ?? throw new InvalidOperationException("The class is not initialised.");

    private static string Checkpoint => Data.At("run", "last.safetensors");

    [ClassInitialize]
    public static void Train(TestContext _)
    {
        _data = new TinyDataset();
        var training = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder", "--data", Data.Root, "--map", TinyDataset.Map, "--network", "sfnet-dfv1", "--output", Data.At("run"),
            "--epochs", "1", "--batch", "2", "--crop", "64,64", "--threads", "1", "--seed", "1", "--precision", "fp32");
        Assert.AreEqual(ExitCode.Done, training.Code, training.Error);
    }

    [ClassCleanup]
    public static void Clean() => _data?.Dispose();

    [TestMethod]
    [DataRow("--classes", "2")]
    [DataRow("--labels", TinyDataset.Map)]
    public void Import_Checkpoint_WritesAModelThatPredicts(string option, string value)
    {
        string model = Data.At("imported.onnx");

        var imported = Import(model, "sfnet-dfv1", option, value);
        var predicted = CommandLine.Run("predict", "--model", model, "--images", Data.Images, "--output", Data.At("masks"));

        Assert.AreEqual(ExitCode.Done, imported.Code, imported.Error);
        Assert.AreEqual("", imported.Error);
        StringAssert.Contains(imported.Output, "all 226 tensors loaded"); // golden/README, section 2
        StringAssert.Contains(imported.Output, "checked against the network");
        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
    }

    [TestMethod]
    public void Import_Int8_WritesASmallModelAndSaysWhatItCosts()
    {
        string model = Data.At("int8.onnx"), full = Data.At("fp32.onnx");

        var result = Import(
            model, "sfnet-dfv1", "--labels", TinyDataset.Map, "--precision", "int8",
            "--calibrate", Data.TrainImages, "--calibrate-labels", Data.TrainLabels, "--agreement", "0.5", "--json");
        Import(full, "sfnet-dfv1", "--labels", TinyDataset.Map);
        var predicted = CommandLine.Run("predict", "--model", model, "--images", Data.Images, "--output", Data.At("int8-masks"));

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
        Assert.IsLessThan(0.35 * new FileInfo(full).Length, new FileInfo(model).Length);
        using var json = JsonDocument.Parse(result.Output);
        var figures = json.RootElement.GetProperty("export").GetProperty("converted");
        Assert.IsTrue(figures.GetProperty("agreement").GetDouble() is >= 0.5 and <= 1);
        Assert.IsTrue(figures.GetProperty("quantizedMeanIoU").GetDouble() is >= 0 and <= 1);
        Assert.AreEqual((3, 1), (figures.GetProperty("calibrationImages").GetInt32(), figures.GetProperty("heldOutImages").GetInt32())); // of four
        StringAssert.Contains(result.Error, "calibrating: 3 of 3");
    }

    [TestMethod]
    public void Export_OfAFile_MakesInt8AndFp16AndNothingOfThose()
    {
        string full = Data.At("whole.onnx"), bytes = Data.At("whole-int8.onnx"), half = Data.At("whole-fp16.onnx");
        Import(full, "sfnet-dfv1", "--labels", TinyDataset.Map);

        var toBytes = CommandLine.Run("export", "--model", full, "--output", bytes, "--precision", "int8", "--calibrate", Data.TrainImages, "--agreement", "0");
        var toHalf = CommandLine.Run("export", "--model", full, "--output", half, "--precision", "fp16");
        var again = CommandLine.Run("export", "--model", bytes, "--output", Data.At("again.onnx"), "--precision", "fp16");
        var run = CommandLine.Run("export", "--model", Data.At("run"), "--output", Data.At("run-fp16.onnx"), "--precision", "fp16");

        Assert.AreEqual(ExitCode.Done, toBytes.Code, toBytes.Error);
        StringAssert.Contains(toBytes.Output, "convolutions in int8; calibrated on 3 images");
        Assert.AreEqual(ExitCode.Done, toHalf.Code, toHalf.Error);
        StringAssert.Contains(toHalf.Output, "in float16 logits differ by at most");
        Assert.AreEqual(ExitCode.BadInput, again.Code);
        StringAssert.Contains(again.Sentence, "float32 file");
        Assert.IsFalse(File.Exists(Data.At("again.onnx")));
        Assert.AreEqual(ExitCode.Done, run.Code, run.Error);
        Assert.IsEmpty(Directory.GetFiles(Data.Root, "*.partial"));        // the step on the way
    }

    [TestMethod]
    [DataRow("needs --calibrate", "--precision", "int8")]
    [DataRow("go with --precision int8", "--calibrate", "x")]
    [DataRow("go with --precision int8", "--precision", "fp16", "--agreement", "0.9")]
    [DataRow("--agreement must be from 0 to 1", "--precision", "int8", "--calibrate", "x", "--agreement", "99")]
    public void Import_PrecisionHalfGiven_SaysWhatIsMissing(string expected, params string[] options)
    {
        var result = Import(Data.At("none.onnx"), "sfnet-dfv1", ["--labels", TinyDataset.Map, .. options]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, expected);
    }

    [TestMethod]
    public void Import_Json_SaysWhatWasLoadedAndChecked()
    {
        var result = Import(Data.At("j.onnx"), "sfnet-dfv1", "--labels", TinyDataset.Map, "--form", "logits", "--height", "64", "--width", "96", "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.AreEqual(226, root.GetProperty("loaded").GetInt32());
        Assert.IsTrue(root.GetProperty("unexpected").EnumerateArray().All(name => name.GetString()!.StartsWith("optimizer.", StringComparison.Ordinal))); // the momentum of the run
        var export = root.GetProperty("export");
        Assert.AreEqual(
            ("logits", 64, 96), (export.GetProperty("form").GetString(), export.GetProperty("height").GetInt32(), export.GetProperty("width").GetInt32()));
    }

    [TestMethod]
    public void Import_ToSafeTensors_GivesWeightsThatImportToTheSameModel()
    {
        string weights = Data.At("w.safetensors");

        var converted = Import(weights, "sfnet-dfv1", "--classes", "2");
        var first = Import(Data.At("first.onnx"), "sfnet-dfv1", "--classes", "2");
        var second = CommandLine.Run("import", "--checkpoint", weights, "--network", "sfnet-dfv1", "--classes", "2", "--output", Data.At("second.onnx"));

        Assert.AreEqual((ExitCode.Done, ExitCode.Done, ExitCode.Done), (converted.Code, first.Code, second.Code), converted.Error + first.Error + second.Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(Data.At("first.onnx")), File.ReadAllBytes(Data.At("second.onnx")));
    }

    [TestMethod]
    public void Import_ScoresThatFloat16CannotHold_IsAFailedCheck()
    {
        string large = Data.At("large.safetensors"), model = Data.At("fp16.onnx");
        File.WriteAllBytes(large, Scaled(File.ReadAllBytes(Checkpoint), "head.conv_last.1.weight", 1e6f));

        var result = CommandLine.Run("import", "--checkpoint", large, "--network", "sfnet-dfv1", "--classes", "2", "--output", model, "--precision", "fp16");

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, "float16 cannot hold");
        Assert.IsFalse(File.Exists(model));
    }

    [TestMethod]
    public void Import_OtherClasses_IsRefusedUnlessAllowed()
    {
        string model = Data.At("three.onnx");

        var refused = Import(model, "sfnet-dfv1", "--classes", "3");
        Assert.AreEqual(ExitCode.BadInput, refused.Code);
        StringAssert.Contains(refused.Sentence, "trained on 2 classes");
        StringAssert.Contains(refused.Sentence, "or give --allow-classifier-mismatch and");
        Assert.IsFalse(File.Exists(model));

        var allowed = Import(model, "sfnet-dfv1", "--classes", "3", "--allow-classifier-mismatch");
        Assert.AreEqual(ExitCode.Done, allowed.Code, allowed.Error);
        StringAssert.Contains(allowed.Error, "cannot predict yet");
        StringAssert.Contains(allowed.Output, "2 left untrained: head.conv_last.1.weight");
    }

    [TestMethod]
    public void Import_AnotherNetwork_SaysWhichItIs()
    {
        var result = Import(Data.At("x.onnx"), "sfnet-r18", "--classes", "2");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "looks like a checkpoint of sfnet-dfv1 with 2 classes");
    }

    [TestMethod]
    public void Import_TruncatedFile_IsBadInput()
    {
        string path = Data.At("truncated.safetensors");
        byte[] whole = File.ReadAllBytes(Checkpoint);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);

        var result = CommandLine.Run("import", "--checkpoint", path, "--network", "sfnet-dfv1", "--classes", "2", "--output", Data.At("x.onnx"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, path);
    }

    [TestMethod]
    [DataRow("x.onnx")]
    [DataRow("x.safetensors")]
    public void Import_AlreadyCancelled_Ends130AndWritesNothing(string output)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        var result = CommandLine.Run(cancelled.Token, "import", "--checkpoint", Checkpoint, "--network", "sfnet-dfv1", "--classes", "2", "--output", Data.At(output));

        Assert.AreEqual(ExitCode.Cancelled, result.Code);
        Assert.AreEqual("Cancelled.", result.Sentence);
        Assert.IsFalse(File.Exists(Data.At(output)));
    }

    [TestMethod]
    public void Import_NoFolderForTheOutput_SaysSo()
    {
        var result = Import(Data.At("nowhere", "x.onnx"), "sfnet-dfv1", "--classes", "2");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, $"no folder '{Data.At("nowhere")}'");
    }

    [TestMethod]
    [DataRow("--labels", "Give --labels", new string[0])]
    [DataRow("--network", "sfnet-r18", new[] { "--network", "sfnet-x", "--classes", "2" })]
    [DataRow("--classes", "do not agree", new[] { "--labels", "cityscapes", "--classes", "2" })]
    [DataRow("--classes", "from 2 to 254", new[] { "--classes", "1" })]
    [DataRow("--labels", "no label space", new[] { "--labels", "nowhere" })]
    [DataRow("--height", "--width", new[] { "--classes", "2", "--height", "64" })]
    [DataRow("--height", "at least 32", new[] { "--classes", "2", "--height", "16", "--width", "64" })]
    [DataRow("--normalization", "--form logits", new[] { "--classes", "2", "--normalization", "graph" })]
    [DataRow("--normalization", ".safetensors", new[] { "--classes", "2", "--form", "logits", "--normalization", "graph", "--output", "x.safetensors" })]
    [DataRow("--form", ".safetensors", new[] { "--classes", "2", "--form", "logits", "--output", "x.safetensors" })]
    public void Import_OptionsThatCannotBe_AreUsage(string option, string expected, string[] args)
    {
        string[] all = ["import", "--checkpoint", Checkpoint, .. args, .. Default("--network", "sfnet-dfv1"), .. Default("--output", Data.At("x.onnx"))];

        var result = CommandLine.Run(all);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, option);
        StringAssert.Contains(result.Sentence, expected);

        string[] Default(string name, string value) => args.Contains(name) ? [] : [name, value];
    }

    [TestMethod]
    [DataRow("--initial-weights", "does not fit sfnet-r18 with 2 classes")]
    [DataRow("--backbone", "holds no tensor of the backbone of sfnet-r18")]
    public void Train_FromAFileOfAnotherNetwork_IsBadInput(string option, string expected)
    {
        var result = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder", "--data", Data.Root, "--map", TinyDataset.Map, "--network", "sfnet-r18",
            "--output", Data.At($"run{option}"), option, Checkpoint, "--crop", "64,64");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Error, expected);
        Assert.IsFalse(result.Error.Contains("   at ", StringComparison.Ordinal), result.Error);
    }

    [TestMethod]
    public void Train_FromBothKindsOfFiles_IsUsage()
    {
        var result = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder",
            "--data", Data.Root, "--map", TinyDataset.Map, "--output", Data.At("both"), "--backbone", Checkpoint, "--initial-weights", Checkpoint);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--initial-weights");
    }

    /// <summary>A safetensors file with one tensor multiplied: eight bytes of length, the header, the values.</summary>
    private static byte[] Scaled(byte[] file, string tensor, float factor)
    {
        int header = (int)BitConverter.ToInt64(file);
        using var json = JsonDocument.Parse(file.AsMemory(sizeof(long), header));
        var offsets = json.RootElement.GetProperty(tensor).GetProperty("data_offsets");
        var values = MemoryMarshal.Cast<byte, float>(file.AsSpan((sizeof(long) + header)..)[offsets[0].GetInt32()..offsets[1].GetInt32()]);
        for (int i = 0; i < values.Length; i++)
            values[i] *= factor;
        return file;
    }

    private static CommandResult Import(string output, string network, params string[] more) =>
        CommandLine.Run(["import", "--checkpoint", Checkpoint, "--network", network, "--output", output, .. more]);
}
