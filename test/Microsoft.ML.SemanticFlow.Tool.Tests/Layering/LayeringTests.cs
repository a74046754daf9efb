// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Interactive;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Layering;

/// <summary>Which folder may use which, read from the built assemblies. Subfolders are rooms of their own.</summary>
[TestClass]
public sealed class LayeringTests
{
    private const string Scoring = "Microsoft.ML.SemanticFlow";
    private const string Training = "Microsoft.ML.SemanticFlow.Training";
    private const string Interactive = "Microsoft.ML.SemanticFlow.Interactive";
    private const string Tool = "Microsoft.ML.SemanticFlow.Tool";

    // A room may use rows above its own in this list, and itself. The empty name holds the files at the top.
    private static readonly Dictionary<string, string[][]> _rows = new()
    {
        [Scoring] =
        [
            ["Display"],
            ["Files", "Native"],
            ["Labels"],
            ["Imaging"],
            ["Data", "Onnx"],
            ["Data/Annotations/Shapes"],
            ["Data/Datasets"],
            ["Data/Annotations"],
            ["Data/Annotations/Formats"],
            ["Data/Annotations/Import"],
            ["Transforms"],
            ["Evaluation/Measures"],
            ["Evaluation/Boundaries", "Evaluation/Calibration", "Evaluation/Instances"],
            ["Evaluation/Errors"],
            ["Scoring", "Evaluation", "Inspection"],
            ["Painting"],
            ["Evaluation/Cityscapes", "Evaluation/Resampling"],
            ["Batches"],
            ["Reports"],
            [""],
        ],
        [Training] =
        [
            ["Native", "Onnx", "Recipes"],
            ["Distributed"],
            ["Networks/Parts"],
            ["Networks/Backbones"],
            ["Networks"],
            ["Checkpoints/Tensors"],
            ["Checkpoints/PyTorch", "Checkpoints/Onnx"],
            ["Losses", "Sampling", "Checkpoints"],
            ["Export", "Quantization"],
            ["Trainer/Optimizers", "Trainer/Schedules"],
            ["Trainer/Options"],
            ["Trainer/Records"],
            ["Trainer", "Import"],
            ["Presets"],
            [""],
        ],
        [Interactive] = [[""]],
        [Tool] =
        [
            ["Shell", "Benchmarking"],
            ["Commands"],
            [""],
        ],
    };

    private static readonly string[] _plain = ["Display", "Files", "Labels", "Native", "Imaging", "Onnx"];
    private static readonly string[] _networksAndBelow = ["Native", "Onnx", "Distributed", "Networks/Parts", "Networks/Backbones", "Networks"];

    private static readonly Dictionary<string, IReadOnlyList<TypeUse>> _uses = new()
    {
        [Scoring] = TypeUse.Read(typeof(LabelMap).Assembly.Location, Scoring),
        [Training] = TypeUse.Read(typeof(SemanticFlowTrainer).Assembly.Location, Training),
        [Interactive] = TypeUse.Read(typeof(SegmentationFormatters).Assembly.Location, Interactive),
        [Tool] = TypeUse.Read(typeof(Shell).Assembly.Location, Tool),
    };

    private static readonly Dictionary<string, string> _filesOfScoring = _uses[Scoring].Select(use => (use.User, use.UserFile))
        .Concat(_uses[Scoring].Where(use => use.UsedFile is not null).Select(use => (use.Used, use.UsedFile!))) // it is of the same assembly
        .Distinct().ToDictionary();

    private static IEnumerable<TypeUse> Libraries => _uses[Scoring].Concat(_uses[Training]).Concat(_uses[Interactive]);

    [TestMethod]
    [DataRow(Scoring)]
    [DataRow(Training)]
    [DataRow(Interactive)]
    [DataRow(Tool)]
    public void Rows_OfAnAssembly_Hold(string assembly) => AssertNone(_uses[assembly].Where(use =>
        use.UsedFile is not null && !MayUse(assembly, use.UserFile, use.UsedFile)));

    // Also those whose types name no other.
    [TestMethod]
    [DataRow(Scoring)]
    [DataRow(Training)]
    [DataRow(Interactive)]
    [DataRow(Tool)]
    public void Folders_OfAProject_AllHaveARow(string assembly)
    {
        string project = RepositoryFiles.At("src", assembly);
        var files = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(project, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal)).ToArray();

        Assert.IsNotEmpty(files);
        foreach (string file in files)
            RoomOf(assembly, file);
    }

    [TestMethod]
    [DataRow("Reporting/Page.cs")]
    [DataRow("Data/Videos/Clip.cs")]
    public void RoomOf_FolderWithoutARow_Fails(string file) => Assert.ThrowsExactly<AssertFailedException>(() => RoomOf(Scoring, file));

    [TestMethod]
    public void PlainRooms_NameNoRuntime() => AssertNone(_uses[Scoring].Where(use =>
        _plain.Contains(RoomOf(Scoring, use.UserFile)) && (IsMlNet(use) || use.UsedAssembly is "Microsoft.ML.OnnxRuntime" or "TorchSharp")));

    [TestMethod]
    public void NetworksAndBelow_NameNoMlNetTypeAndOnlyPlainRooms() => AssertNone(_uses[Training].Where(use =>
        _networksAndBelow.Contains(RoomOf(Training, use.UserFile))
        && (IsMlNet(use) || (use.UsedAssembly == Scoring && !_plain.Contains(RoomOf(Scoring, _filesOfScoring[use.Used]))))));

    [TestMethod]
    public void InferenceSession_OnlyInScoring() => AssertNone(Libraries.Where(use =>
        use.Used == "Microsoft.ML.OnnxRuntime.InferenceSession" && !use.UserFile.StartsWith("Scoring/", StringComparison.Ordinal)));

    // A notebook that shows masks needs no trainer.
    [TestMethod]
    public void Interactive_StandsOnTheBaseAlone() => AssertNone(_uses[Interactive].Where(use => use.UsedAssembly is Training or Tool or "TorchSharp"));

    // ConsoleTrainingProgress is the one class whose purpose is the console.
    [TestMethod]
    public void Console_OnlyInTheTool() => AssertNone(Libraries.Where(use =>
        use.Used == "System.Console" && use.User != "Microsoft.ML.SemanticFlow.ConsoleTrainingProgress"));

    [TestMethod]
    public void Network_Nowhere() => AssertNone(Libraries.Concat(_uses[Tool]).Where(use =>
        use.UsedAssembly.StartsWith("System.Net", StringComparison.Ordinal) && !use.UserFile.StartsWith("Distributed/", StringComparison.Ordinal)));

    // The tests above would pass on nothing.
    [TestMethod]
    public void Read_EveryAssembly_FindsUsesThatStandInTheirSource()
    {
        Assert.Contains(
            use => use is { User: "Microsoft.ML.SemanticFlow.Scoring.OnnxSession", UserFile: "Scoring/OnnxSession.cs", Used: "Microsoft.ML.OnnxRuntime.InferenceSession" },
            _uses[Scoring]);
        Assert.Contains(use => use is { User: "Microsoft.ML.SemanticFlow.LabelMap", Used: "Microsoft.ML.SemanticFlow.RgbColor", UsedFile: "Labels/RgbColor.cs" }, _uses[Scoring]);
        Assert.Contains(use => use is { UserFile: "Networks/SFNet.cs", UsedFile: "Networks/Parts/PyramidPooling.cs" }, _uses[Training]);
        Assert.Contains(use => use is { UserFile: "Trainer/SemanticFlowTrainer.cs", UsedAssembly: "Microsoft.ML.Core" }, _uses[Training]);
        Assert.Contains(use => use is { UserFile: "Commands/PredictCommand.cs", UsedFile: "Shell/Terminal.cs" }, _uses[Tool]);
    }

    [TestMethod]
    [DataRow(Scoring, "Scoring/SegmentationModel.cs", "Imaging/PixelImage.cs", true)]
    [DataRow(Scoring, "Data/Datasets/CamVid.cs", "Data/SampleView.cs", true)]
    [DataRow(Scoring, "Data/SampleView.cs", "Data/Datasets/CamVid.cs", false)]
    [DataRow(Scoring, "Imaging/ColorPalette.cs", "Data/MaskCodec.cs", false)]
    [DataRow(Scoring, "Scoring/SegmentationModel.cs", "Evaluation/SegmentationEvaluator.cs", false)]
    [DataRow(Scoring, "Labels/LabelMap.cs", "CatalogExtensions.cs", false)]
    [DataRow(Training, "Import/CheckpointImport.cs", "Trainer/SemanticFlowTrainer.cs", false)]
    [DataRow(Training, "Checkpoints/PyTorch/PyTorchFile.cs", "Checkpoints/WeightLoader.cs", false)]
    [DataRow(Training, "Checkpoints/Checkpoint.cs", "Recipes/Check.cs", true)]
    [DataRow(Tool, "Shell/Shell.cs", "Commands/PredictCommand.cs", false)]
    public void MayUse_Rooms_FollowsTheRows(string assembly, string user, string used, bool expected) => Assert.AreEqual(expected, MayUse(assembly, user, used));

    private static bool MayUse(string assembly, string user, string used)
    {
        string from = RoomOf(assembly, user), to = RoomOf(assembly, used);
        return from == to || Row(to) < Row(from);

        int Row(string room) => Array.FindIndex(_rows[assembly], row => row.Contains(room));
    }

    /// <summary>The folder that a file lies in, or the file itself where it is a room.</summary>
    private static string RoomOf(string assembly, string file)
    {
        string folder = file.LastIndexOf('/') is >= 0 and var end ? file[..end] : "";
        var rooms = _rows[assembly].SelectMany(row => row);
        return rooms.Contains(file) ? file
            : rooms.Contains(folder) ? folder
            : throw new AssertFailedException($"'{file}' of {assembly} lies in a folder that no row names. Give it one in LayeringTests.");
    }

    private static bool IsMlNet(TypeUse use) =>
        use.UsedAssembly == "Microsoft.ML"
        || (use.UsedAssembly.StartsWith("Microsoft.ML.", StringComparison.Ordinal) && use.UsedAssembly is not ("Microsoft.ML.OnnxRuntime" or Scoring or Training));

    private static void AssertNone(IEnumerable<TypeUse> offences) =>
        Assert.AreEqual("", string.Join('\n', offences.Select(use => $"{use.User} ({use.UserFile}) names {use.Used} ({use.UsedFile ?? use.UsedAssembly})")));
}
