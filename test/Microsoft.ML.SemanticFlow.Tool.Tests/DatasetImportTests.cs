// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class DatasetImportTests
{
    private const string Text = """{"shapes": [{"label": "car", "points": [[4, 3], [12, 9]], "shape_type": "rectangle"}], "imagePath": "a.png", "imageData": null}""";

    [TestMethod]
    public void Documentation_Table_IsAnnotationFormats()
    {
        string page = RepositoryFiles.ReadAll("docs/datasets.md");

        foreach (var format in AnnotationFormats.All)
        {
            string painter = format.Painter.Length > 0 ? format.Painter : "masks are read as they are";
            string order = format.Painter.Length == 0 ? "—" : format.Order == PaintOrder.Area ? "the smaller" : "the later in the file";
            string row = $"| {format.Id} | {format.Title} | {format.Layout} | {painter} | {order} | {format.Background} |\n";
            Assert.Contains(row, page, "Write this row into the table of formats of docs/datasets.md.");
        }
    }

    [TestMethod]
    public void Import_LabelMe_WritesTheLayoutAndTheReport()
    {
        using var folder = Tree();

        var result = CommandLine.Run("dataset", "import", "--data", folder["in"], "--output", folder["out"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.Contains("labelme", result.Output);
        Assert.Contains("1 images", result.Output);
        Assert.IsTrue(File.Exists(folder["out", "classes.csv"]));
        var mask = SegmentationMask.Load(folder["out", "train", "labels", "a.png"], LabelMap.Load(folder["out", "classes.csv"]));
        Assert.AreEqual(7 * 9, mask.Ids.ToArray().Count(id => id == 1)); // both corners belong to it
    }

    [TestMethod]
    public void Import_Json_HoldsTheReport()
    {
        using var folder = Tree();

        var result = CommandLine.Run("dataset", "import", "--from", "labelme", "--data", folder["in"], "--output", folder["out"], "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.AreEqual("labelme", root.GetProperty("format").GetString());
        Assert.AreEqual(1, root.GetProperty("images").GetProperty("train").GetInt32());
        Assert.AreEqual(1, root.GetProperty("objects").GetInt32());
        Assert.AreEqual(7 * 9, root.GetProperty("classes")[1].GetProperty("pixels").GetInt64());
        Assert.AreEqual((16 * 20) - (7 * 9), root.GetProperty("classes")[0].GetProperty("pixels").GetInt64());
        Assert.AreEqual(0, root.GetProperty("skipped").GetArrayLength());
    }

    [TestMethod]
    public void Import_DamagedFile_StopsOrIsSkipped()
    {
        using var folder = Tree();
        File.WriteAllText(folder["in", "b.json"], Text[..40]);

        var stopped = CommandLine.Run("dataset", "import", "--from", "labelme", "--data", folder["in"], "--output", folder["stopped"]);
        var skipped = CommandLine.Run("dataset", "import", "--from", "labelme", "--data", folder["in"], "--output", folder["out"], "--on-error", "skip", "--json");

        Assert.AreEqual(ExitCode.BadInput, stopped.Code);
        Assert.Contains("b.json", stopped.Sentence);
        Assert.AreEqual(ExitCode.Done, skipped.Code, skipped.Error);
        using var json = JsonDocument.Parse(skipped.Output);
        Assert.Contains("b.json", json.RootElement.GetProperty("skipped")[0].GetProperty("reason").GetString()!);
    }

    [TestMethod]
    [DataRow("--from", "nowhere", "labelme")]
    [DataRow("--order", "size", "area")]
    [DataRow("--workers", "0", "at least 1")]
    [DataRow("--map", "nowhere", "--map")]
    public void Import_OptionOutOfRange_IsUsage(string option, string value, string expected)
    {
        using var folder = Tree();

        var result = CommandLine.Run("dataset", "import", "--data", folder["in"], "--output", folder["out"], option, value);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains(expected, result.Sentence);
    }

    [TestMethod]
    public void Import_OutputIsTheInput_IsUsage()
    {
        using var folder = Tree();

        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("dataset", "import", "--data", folder["in"], "--output", folder["in"]).Code);
    }

    [TestMethod]
    public void Import_NoSuchFolder_IsBadInput()
    {
        using var folder = new TemporaryFolder();

        var result = CommandLine.Run("dataset", "import", "--data", folder["nowhere"], "--output", folder["out"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.Contains("nowhere", result.Sentence);
    }

    [TestMethod]
    public void Import_AlreadyCancelled_Ends130()
    {
        using var folder = Tree();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.AreEqual(ExitCode.Cancelled, CommandLine.Run(cancelled.Token, "dataset", "import", "--data", folder["in"], "--output", folder["out"]).Code);
    }

    [TestMethod]
    public void Import_OptionMistyped_NamesTheWholeCommand()
    {
        var result = CommandLine.Run("dataset", "import", "--data", "in");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains("'semanticflow dataset import --help'", result.Sentence);
    }

    private static TemporaryFolder Tree()
    {
        var folder = new TemporaryFolder();
        new SegmentationMask(16, 20, new byte[16 * 20]).Save(folder.Prepare("in", "a.png"));
        File.WriteAllText(folder["in", "a.json"], Text);
        return folder;
    }
}
