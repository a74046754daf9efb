// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Layering;

/// <summary>Which folder may use which, read from the built libraries.</summary>
[TestClass]
public sealed class LayeringTests
{
    private const string Base = "Microsoft.ML.SemanticFlow";
    private const string Training = "Microsoft.ML.SemanticFlow.Training";

    // A folder may use rows above its own in this list, and itself. Files at the top stand for folders of their own.
    private static readonly string[][] _baseRows =
    [
        ["AtomicFile.cs"],
        ["Labels"],
        ["Imaging"],
        ["Data", "Onnx"],
        ["Transforms"],
        ["Scoring", "Evaluation"],
        [""],
    ];

    private static readonly string[][] _trainingRows =
    [
        ["Check.cs"],
        ["Native", "Onnx"],
        ["Networks/Parts"],
        ["Networks/Backbones"],
        ["Networks"],
        ["Losses", "Sampling", "Checkpoints"],
        ["Export", "Quantization"],
        ["Trainer"],
        ["Import"],
        [""],
    ];

    private static readonly IReadOnlyList<TypeUse> _base = TypeUse.Read(typeof(LabelMap).Assembly.Location, Base);
    private static readonly IReadOnlyList<TypeUse> _training = TypeUse.Read(Path.Combine(AppContext.BaseDirectory, "trainer", Training + ".dll"), Training);

    [TestMethod]
    public void Rows_OfTheScoringLibrary_Hold() => AssertNone(_base.Where(use => use.UsedFile is not null && !MayUse(_baseRows, use.UserFile, use.UsedFile)));

    [TestMethod]
    public void Rows_OfTheTrainingLibrary_Hold() => AssertNone(_training.Where(use => use.UsedFile is not null && !MayUse(_trainingRows, use.UserFile, use.UsedFile)));

    [TestMethod]
    public void LabelsImagingOnnx_NameNoRuntime() => AssertNone(_base.Where(use =>
        FolderOf(_baseRows, use.UserFile) is "Labels" or "Imaging" or "Onnx" && (IsMlNet(use) || use.UsedAssembly is "Microsoft.ML.OnnxRuntime" or "TorchSharp")));

    [TestMethod]
    public void NetworksAndBelow_NameNoMlNetType() => AssertNone(_training.Where(use =>
        FolderOf(_trainingRows, use.UserFile) is "Native" or "Onnx" or "Networks/Parts" or "Networks/Backbones" or "Networks" && IsMlNet(use)));

    [TestMethod]
    public void InferenceSession_OnlyInScoring() => AssertNone(_base.Concat(_training).Where(use =>
        use.Used == "Microsoft.ML.OnnxRuntime.InferenceSession" && FolderOf(_baseRows, use.UserFile) != "Scoring"));

    // ConsoleTrainingProgress is the one class whose purpose is the console.
    [TestMethod]
    public void Console_OnlyInTheTool() => AssertNone(_base.Concat(_training).Where(use =>
        use.Used == "System.Console" && use.User != "Microsoft.ML.SemanticFlow.ConsoleTrainingProgress"));

    // The five tests above would pass on nothing.
    [TestMethod]
    public void Read_BothLibraries_FindsUsesThatStandInTheirSource()
    {
        Assert.Contains(use => use is { User: "Microsoft.ML.SemanticFlow.Scoring.OnnxSession", UserFile: "Scoring/OnnxSession.cs", Used: "Microsoft.ML.OnnxRuntime.InferenceSession" }, _base);
        Assert.Contains(use => use is { User: "Microsoft.ML.SemanticFlow.LabelMap", Used: "Microsoft.ML.SemanticFlow.RgbColor", UsedFile: "Labels/RgbColor.cs" }, _base);
        Assert.Contains(use => use is { UserFile: "Networks/SFNet.cs", UsedFile: "Networks/Parts/PyramidPooling.cs" }, _training);
        Assert.Contains(use => use is { UserFile: "Trainer/SemanticFlowTrainer.cs", UsedAssembly: "Microsoft.ML.Core" }, _training);
    }

    [TestMethod]
    [DataRow("Scoring/SegmentationModel.cs", "Imaging/PixelImage.cs", true)]
    [DataRow("Data/Datasets/CamVid.cs", "Data/SampleView.cs", true)]
    [DataRow("Imaging/ColorPalette.cs", "Data/MaskCodec.cs", false)]
    [DataRow("Scoring/SegmentationModel.cs", "Evaluation/SegmentationEvaluator.cs", false)]
    [DataRow("Labels/LabelMap.cs", "CatalogExtensions.cs", false)]
    public void MayUse_Folders_FollowsTheRows(string user, string used, bool expected) => Assert.AreEqual(expected, MayUse(_baseRows, user, used));

    private static bool MayUse(string[][] rows, string user, string used)
    {
        string from = FolderOf(rows, user), to = FolderOf(rows, used);
        return from == to || Array.FindIndex(rows, row => row.Contains(to)) < Array.FindIndex(rows, row => row.Contains(from));
    }

    /// <summary>The longest entry of the rows that a file lies in; the empty one holds the files at the top.</summary>
    private static string FolderOf(string[][] rows, string file) =>
        rows.SelectMany(row => row).Where(folder => file == folder || folder.Length > 0 && file.StartsWith(folder + "/", StringComparison.Ordinal)).MaxBy(folder => folder.Length)
        ?? (file.Contains('/', StringComparison.Ordinal) ? throw new AssertFailedException($"'{file}' lies in a folder that no row names. Give it one in LayeringTests.") : "");

    private static bool IsMlNet(TypeUse use) =>
        use.UsedAssembly.StartsWith("Microsoft.ML.", StringComparison.Ordinal) && use.UsedAssembly is not ("Microsoft.ML.OnnxRuntime" or Base or Training) || use.UsedAssembly == "Microsoft.ML";

    private static void AssertNone(IEnumerable<TypeUse> offences) =>
        Assert.AreEqual("", string.Join('\n', offences.Select(use => $"{use.User} ({use.UserFile}) names {use.Used} ({use.UsedFile ?? use.UsedAssembly})")));
}
