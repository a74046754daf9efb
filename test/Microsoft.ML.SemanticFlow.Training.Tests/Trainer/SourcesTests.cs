// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Training on several data sets together.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SourcesTests
{
    [TestMethod]
    public void Fit_TwoSources_TellsWhatEachCameTo()
    {
        using var scenes = new TinyScenes(4);
        using var others = new TinyScenes(2);
        var context = new MLContext(1);
        var reports = new List<TrainingProgress>();
        var options = TinyRun.Options with
        {
            Labels = TinyScenes.Labels,
            ValidationSet = Combine(context, scenes, others),
            SourceWeights = [new("others", 2)],
            Run = new TrainingRun(scenes.Run),
            Progress = new TinyRun.Told(reports.Add),
        };

        Fit(context, options, scenes, others);

        var last = reports.Last(report => report.Phase == TrainingPhase.Epoch);
        CollectionAssert.AreEqual(new[] { ("others", 2), ("scenes", 4) }, last.Sources.Select(source => (source.Source!, source.ImageCount)).ToArray());
        for (int id = 0; id < 3; id++)
        {
            // The counts of the sources are those of the whole, whose IoU is reported.
            long hit = last.Sources.Sum(source => source.Metrics.ConfusionMatrix[id, id]);
            long union = last.Sources.Sum(source => source.Metrics.ConfusionMatrix.GetActualCount(id) + source.Metrics.ConfusionMatrix.GetPredictedCount(id)) - hit;
            Assert.AreEqual(last.PerClassIoU![id], (double)hit / union);
        }

        string[][] rows = [.. File.ReadAllLines(Path.Combine(scenes.Run, "sources.csv")).Select(line => line.Split(','))];
        CollectionAssert.AreEqual(new[] { "epoch", "source", "images", "miou", "pixel_accuracy", "ground", "disk", "box" }, rows[0]);
        CollectionAssert.AreEqual(new[] { "1 others 2", "1 scenes 4", "2 others 2", "2 scenes 4" }, rows[1..].Select(row => $"{row[0]} {row[1]} {row[2]}").ToArray());
        Assert.AreEqual(last.Sources[1].Metrics.MeanIoU, double.Parse(rows[4][3], System.Globalization.CultureInfo.InvariantCulture), 1e-6); // six digits
    }

    [TestMethod]
    public void Fit_OneSource_WritesNoTableOfSources()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);

        TinyRun.Fit(scenes, TinyRun.Options with { ValidationSet = scenes.Paths(context), Run = new TrainingRun(scenes.Run) });

        Assert.IsFalse(File.Exists(Path.Combine(scenes.Run, "sources.csv")));
    }

    [TestMethod]
    public void Fit_WeightOfAnAbsentSource_NamesThoseThereAre()
    {
        using var scenes = new TinyScenes(2);
        using var others = new TinyScenes(2);
        var context = new MLContext(1);

        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Fit(context, TinyRun.Options with { Labels = TinyScenes.Labels, SourceWeights = [new("mapillary")] }, scenes, others));

        StringAssert.Contains(error.Message, "'mapillary', of which the training set has no image. Its sources: scenes, others.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_WeightsWithoutAColumnOfSources_SaysWhatMakesOne()
    {
        using var scenes = new TinyScenes(2);

        var error = Assert.ThrowsExactly<ArgumentException>(() => TinyRun.Fit(scenes, TinyRun.Options with { SourceWeights = [new("a")] }));

        StringAssert.Contains(error.Message, "SourceWeights need the column Source", StringComparison.Ordinal);
    }

    [TestMethod]
    public void SourceWeights_OneSourceTwice_IsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => TinyRun.Options with { SourceWeights = [new("a"), new("a", 2)] });

        StringAssert.Contains(error.Message, "SourceWeights names 'a' twice.", StringComparison.Ordinal);
    }

    private static Microsoft.ML.IDataView Combine(MLContext context, TinyScenes scenes, TinyScenes others)
    {
        var data = context.SemanticSegmentation.Data;
        return data.Combine(
            ("scenes", data.Folder(scenes.Images, scenes.Masks, TinyScenes.Labels)), ("others", data.Folder(others.Images, others.Masks, TinyScenes.Labels)));
    }

    private static void Fit(MLContext context, SemanticFlowTrainerOptions options, TinyScenes scenes, TinyScenes others)
    {
        var paths = Combine(context, scenes, others);
        var rows = TinyScenes.Loading(context).Fit(paths).Transform(paths);
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(rows);
    }
}
