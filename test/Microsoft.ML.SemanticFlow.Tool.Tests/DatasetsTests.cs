// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class DatasetsTests
{
    // left and right as the label files of TinyDataset hold them, but by their train ids.
    private const string Swapped = "name,raw_id,train_id,r,g,b\n\"left, dark\",1,0,1,1,1\nright,0,1,2,2,2\n";

    [TestMethod]
    public void Documentation_Table_IsSegmentationDatasets()
    {
        string page = RepositoryFiles.ReadAll("docs/datasets.md");

        foreach (var dataset in SegmentationDatasets.All)
        {
            string title = dataset.Source is { } source ? $"[{dataset.Title}]({source})" : dataset.Title, ids = dataset.Ids.ToString().ToLowerInvariant();
            string row = $"| `{dataset.Id}` | {title} | `{dataset.Layout}` | {string.Join(", ", dataset.Splits)} | {dataset.Labels?.ToString() ?? "yours"} | {ids} " +
                $"| {dataset.Licence} | {dataset.HowToGet} |\n";
            Assert.Contains(row, page, "Write this row into the table of docs/datasets.md.");
            Assert.Contains($"\n## {dataset.Id}\n", page, "Write a section about it.");
        }

        Assert.AreEqual(SegmentationDatasets.All.Count, page.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Train_Help_NamesEveryDataSetAndItsLayout()
    {
        var result = CommandLine.Run("train", "--help", "all");

        string help = string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var dataset in SegmentationDatasets.All)
            Assert.Contains($"{dataset.Id} {dataset.Title}: {dataset.Layout}", help);
    }

    [TestMethod]
    public void Train_UnknownDataSet_ListsThoseThereAre()
    {
        var result = CommandLine.Run("train", "--dataset", "nowhere", "--output", "run");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        foreach (var dataset in SegmentationDatasets.All)
            Assert.Contains(dataset.Id, result.Sentence);
    }

    [TestMethod]
    public void Train_ImagesBesideADataSet_IsUsage()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "camvid", "--data", data.Root, "--images", data.TrainImages, "--output", data.At("run"));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains("--images goes with --dataset folder", result.Sentence);
    }

    [TestMethod]
    public void Train_FolderWithoutClasses_AsksForThem()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--output", data.At("run"));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains("--map", result.Sentence);
        Assert.Contains("classes.csv", result.Sentence);
    }

    [TestMethod]
    public void Train_ClassesOfTheFolderAndTrainIds_AreRecordedAndCompared()
    {
        using var data = new TinyDataset();
        File.WriteAllText(data.At("classes.csv"), Swapped);
        string[] start =
        [
            "train", "--preset", "paper", "--dataset", "Folder", "--data", data.Root, "--ids", "train", "--output", data.At("run"),
            "--network", "sfnet-dfv1", "--epochs", "1", "--batch", "2", "--crop", "64,64", "--threads", "1", "--seed", "1", "--precision", "fp32",
        ];

        var trained = CommandLine.Run(start);
        var refused = CommandLine.Run("train", "--output", data.At("run"), "--resume", "--epochs", "2", "--ids", "raw");
        var resumed = CommandLine.Run("train", "--output", data.At("run"), "--resume", "--epochs", "2");
        var evaluated = CommandLine.Run("evaluate", "--model", data.At("run", "model.onnx"), "--images", data.Images, "--labels", data.Masks, "--ids", "train", "--json", "-");

        Assert.AreEqual(ExitCode.Done, trained.Code, trained.Error);
        Assert.Contains("left, dark", trained.Output);
        Assert.AreEqual(ExitCode.BadInput, refused.Code, refused.Error);
        Assert.Contains("that had train ids in its label files, this has raw ids", refused.Error);
        Assert.AreEqual(ExitCode.Done, resumed.Code, resumed.Error);
        using var run = JsonDocument.Parse(File.ReadAllBytes(data.At("run", "run.json")));
        foreach (var begun in run.RootElement.GetProperty("starts").EnumerateArray())
        {
            Assert.AreEqual("train", begun.GetProperty("training_set").GetProperty("ids").GetString());
            Assert.AreEqual("train", begun.GetProperty("validation_set").GetProperty("ids").GetString());
            Assert.AreEqual("train", begun.GetProperty("notes").GetProperty("--ids").GetString());
        }

        // The left of the two validation images is 43 and 48 columns wide, left of a border that is ignored.
        using var figures = JsonDocument.Parse(evaluated.Output);
        Assert.AreEqual((43 + 48) * TinyDataset.Height, figures.RootElement.GetProperty("classes")[0].GetProperty("pixels").GetInt64());
    }

    [TestMethod]
    public void Evaluate_PredictionsAndLabelsOfOtherIds_AreReadByTheirs()
    {
        using var data = new TinyDataset();
        File.WriteAllText(data.At("classes.csv"), Swapped);
        var labels = LabelMap.Load(data.At("classes.csv"));
        Directory.CreateDirectory(data.At("raw"));
        foreach (string file in Directory.GetFiles(data.Masks))
            SegmentationMask.Load(file, labels, MaskIds.Train).Save(data.At("raw", Path.GetFileName(file)));

        string[] map = ["--map", data.At("classes.csv"), "--json", "-"];
        foreach (var result in new[]
        {
            CommandLine.Run(["evaluate", "--predictions", data.At("raw"), "--labels", data.Masks, "--ids", "train", .. map]),
            CommandLine.Run(["evaluate", "--predictions", data.Masks, "--predicted-ids", "train", "--labels", data.At("raw"), .. map]),
        })
        {
            Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
            using var figures = JsonDocument.Parse(result.Output);
            Assert.AreEqual(1.0, figures.RootElement.GetProperty("meanIoU").GetDouble());
        }
    }
}
