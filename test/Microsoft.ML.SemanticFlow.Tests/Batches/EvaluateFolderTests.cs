// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Batches;

[TestClass]
public sealed class EvaluateFolderTests : IDisposable
{
    private const int Height = 32, Width = 40;

    private static readonly SegmentationEvaluationOptions _everything = new()
    {
        Boundaries = new SegmentationBoundaryOptions(),
        ErrorSplit = new SegmentationErrorSplitOptions(),
        Calibration = new SegmentationCalibrationOptions(),
        Suspects = new SegmentationSuspectOptions(),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly SegmentationModel _model = SegmentationModel.Load(BrightestChannelModel.ToBytes());
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    // Against a loop over the images, in the order of their names.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(9)]
    public void EvaluateFolder_AnyShards_AddToTheLastBit(int count)
    {
        Draw(7);
        var expected = new SegmentationEvaluation(BrightestChannelModel.Labels, _everything);
        for (int i = 0; i < 7; i++)
        {
            string name = NameOf(i), below = Path.GetFileName(name);
            var prediction = _model.PredictDetailed(_folder[["images", .. Parts(name)]], PredictionDetails.Probabilities);
            expected.Add(
                SegmentationMask.Load(_folder[["labels", .. Parts(name)]], BrightestChannelModel.Labels, MaskIds.Raw), prediction.Mask, name,
                below == name ? null : Path.GetDirectoryName(name), prediction.ToEvidence());
        }

        for (int index = count - 1; index >= 0; index--)
            Evaluate(new FolderEvaluationOptions { Shard = new WorkShard(index, count), LedgerDirectory = _folder["out"], Measures = _everything });
        var merged = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);

        Assert.IsTrue(merged.Shards.IsComplete);
        Assert.AreEqual(7, merged.Shards.ImageCount);
        Assert.AreEqual(Text(expected), Text(merged.Evaluation));
        Assert.AreEqual(expected.Calibration!.ExpectedError, merged.Evaluation.Calibration!.ExpectedError);
        Assert.AreEqual(expected.Boundaries!.MeanBoundaryIoU, merged.Evaluation.Boundaries!.MeanBoundaryIoU);
    }

    [TestMethod]
    public void EvaluateMasks_Shards_AddToTheLastBit()
    {
        Draw(5);
        for (int i = 0; i < 5; i++)
            _model.Predict(_folder[["images", .. Parts(NameOf(i))]]).Save(_folder.Prepare(["masks", .. Parts(NameOf(i))]), MaskIds.Raw);

        var whole = Masks(new FolderEvaluationOptions());
        for (int index = 0; index < 2; index++)
            Masks(new FolderEvaluationOptions { Shard = new WorkShard(index, 2), LedgerDirectory = _folder["out"] });
        var merged = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);
        var sums = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"], keepImages: false);

        Assert.AreEqual((5, 5), (whole.ImageCount, whole.CountedCount));
        Assert.IsLessThan(1.0, whole.Evaluation.Metrics.MeanIoU);
        Assert.AreEqual(Text(whole.Evaluation), Text(merged.Evaluation));
        Assert.IsFalse(sums.Evaluation.KeepsImages);
        Assert.AreEqual(whole.Evaluation.Metrics.MeanIoU, sums.Evaluation.Metrics.MeanIoU);

        FolderEvaluationReport Masks(FolderEvaluationOptions options) =>
            _ml.SemanticSegmentation.EvaluateMasks(_folder["masks"], _folder["labels"], BrightestChannelModel.Labels, options);
    }

    // Ended at any moment, a start leaves what it counted; the next counts the rest, and each image once.
    [TestMethod]
    public void EvaluateFolder_StoppedAnywhere_GoesOnToTheSameSum()
    {
        Draw(10);
        string whole = Text(Evaluate(new FolderEvaluationOptions()).Evaluation);
        int before = 0;
        for (int stop = 0; stop < 3; stop++)
        {
            using var cancel = new CancellationTokenSource();
            var told = new Told(done =>
            {
                if (done == before + 2)
                    cancel.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => Evaluate(
                new FolderEvaluationOptions { LedgerDirectory = _folder["out"], Progress = told, CancellationToken = cancel.Token, MaxDegreeOfParallelism = 1 }));
            before = Ledger.Read(LedgerFile()).Lines.Count();
            Assert.AreEqual(2 * (stop + 1), before);
        }

        var last = Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] });

        Assert.AreEqual((10, 4, 6), (last.ImageCount, last.CountedCount, last.ExistingCount));
        Assert.AreEqual("4 of 10 images counted, 6 done before, 0 skipped", last.ToString());
        Assert.AreEqual(whole, Text(last.Evaluation));
        Assert.AreEqual(whole, Text(_ml.SemanticSegmentation.MergeEvaluation(_folder["out"]).Evaluation));
    }

    [TestMethod]
    public void MergeEvaluation_ShardThatHasNotBegun_IsMissingWithItsImages()
    {
        Draw(5);
        Evaluate(new FolderEvaluationOptions { Shard = new WorkShard(0, 2), LedgerDirectory = _folder["out"] });

        var merged = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);

        CollectionAssert.AreEqual(new[] { NameOf(1), NameOf(3) }, merged.Shards.Missing.ToArray());
        CollectionAssert.AreEqual(new[] { new WorkShard(1, 2) }, merged.Shards.MissingShards.ToArray());
        Assert.AreEqual(3, merged.Evaluation.ImageCount);
    }

    [TestMethod]
    public void MergeEvaluation_CopyOfALedger_CountsOnceAndSaysSo()
    {
        Draw(3);
        string whole = Text(Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] }).Evaluation);
        File.Copy(LedgerFile(), _folder["out", "shards", "copy.ledger"]);

        var merged = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);

        CollectionAssert.AreEqual(new[] { NameOf(0), NameOf(1), NameOf(2) }, merged.Shards.Duplicates.ToArray());
        Assert.AreEqual(whole, Text(merged.Evaluation));
    }

    [TestMethod]
    public void MergeEvaluation_LedgersThatDisagree_AreRefused()
    {
        Draw(2);
        Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] });
        var (work, lines) = Ledger.Read(LedgerFile());
        using (var other = Ledger.Open(_folder["out", "shards", "other.ledger"], work))
            other.Add(lines.First().Replace("\"Ignored\":", "\"Ignored\":1", StringComparison.Ordinal)); // a digit more, of whichever image ended first

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]));

        StringAssert.Contains(error.Message, "say different things of image", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("""{"Counted":{"Ignored":-5,"Counts":[0,0,1],"Name":"a/0.png"}}""")]
    [DataRow("""{"Counted":{"Ignored":0,"Counts":[9,0,1],"Name":"a/0.png"}}""")]
    [DataRow("""{"Counted":{"Ignored":0,"Counts":[0,0,1]}}""")]
    [DataRow("""{"Other":1}""")]
    [DataRow("{}")]
    [DataRow("null")]
    [DataRow("no json")]
    public void MergeEvaluation_LineThatNoImageComesTo_IsRefused(string line)
    {
        Draw(1);
        Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] });
        var (work, _) = Ledger.Read(LedgerFile());
        File.Delete(LedgerFile());
        using (var ledger = Ledger.Open(_folder["out", "shards", "0001-of-0001.ledger"], work))
            ledger.Add(line);

        Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]));
        Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] }));
    }

    [TestMethod]
    public void EvaluateFolder_FaultyImage_IsSkippedUntilItIsMended()
    {
        Draw(4);
        byte[] good = File.ReadAllBytes(_folder[["images", .. Parts(NameOf(2))]]);
        File.WriteAllText(_folder[["images", .. Parts(NameOf(2))]], "no image, but long enough to be looked at");
        File.WriteAllText(_folder["images", "notes.txt"], "no image");
        var skips = new FolderEvaluationOptions { LedgerDirectory = _folder["out"], Reading = new ReadingOptions { SkipFaulty = true } };

        Assert.Throws<Exception>(() => Evaluate(new FolderEvaluationOptions()));
        var first = Evaluate(skips);
        var merged = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);
        File.WriteAllBytes(_folder[["images", .. Parts(NameOf(2))]], good);
        var second = Evaluate(skips);
        var mended = _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]);

        Assert.AreEqual((4, 3, 1), (first.ImageCount, first.CountedCount, first.Skipped.Count));
        Assert.IsTrue(merged.Shards.IsComplete);
        Assert.AreEqual("4 of 4 images done", merged.Shards.ToString());
        Assert.AreEqual(_folder[["images", .. Parts(NameOf(2))]], merged.Skipped.Single().Path);
        Assert.AreEqual(_folder["images", "notes.txt"], merged.LeftOut.Single().Path);
        Assert.AreEqual((1, 3), (second.CountedCount, second.ExistingCount));
        Assert.AreEqual((4L, 0), (mended.Evaluation.ImageCount, mended.Skipped.Count));
    }

    [TestMethod]
    public void EvaluateFolder_LedgerOfOtherWork_IsRefused()
    {
        Draw(2);
        Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] });
        (FolderEvaluationOptions Options, string What)[] others =
        [
            (new() { Measures = new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() } }, "other measures or labels"),
            (new() { Inference = new InferenceOptions { Flip = true } }, "other scales, tiles or ways to read images"),
            (new() { LabelIds = MaskIds.Train }, "other measures or labels"),
        ];

        foreach (var (other, what) in others)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(other with { LedgerDirectory = _folder["out"] }));
            StringAssert.Contains(error.Message, $"is of other work: {what}. Name", StringComparison.Ordinal);
        }

        Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.MergeShards(_folder["out"]));
    }

    [TestMethod]
    public void EvaluateFolder_WhileAnotherDoesTheShard_IsRefused()
    {
        Draw(2);
        Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] });
        var (work, _) = Ledger.Read(LedgerFile());
        using var held = Ledger.Open(LedgerFile(), work);

        Assert.ThrowsExactly<InvalidOperationException>(() => Evaluate(new FolderEvaluationOptions { LedgerDirectory = _folder["out"] }));
    }

    [TestMethod]
    public void MergeEvaluation_FolderThatWasScored_SaysSo()
    {
        Draw(1);
        _ml.SemanticSegmentation.ScoreFolder(_model, _folder["images"], _folder["out"], new FolderScoringOptions { KeepsLedger = true });

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.MergeEvaluation(_folder["out"]));

        StringAssert.Contains(error.Message, "are of a folder that was scored", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Measures_InstancesOfCityscapes_AreRefused() => Assert.ThrowsExactly<ArgumentException>(
        () => new FolderEvaluationOptions { Measures = new SegmentationEvaluationOptions { CityscapesInstances = true } });

    private FolderEvaluationReport Evaluate(FolderEvaluationOptions options) =>
        _ml.SemanticSegmentation.EvaluateFolder(_model, _folder["images"], _folder["labels"], options: options);

    // Of every third pixel the label is another class than the brightest channel.
    private void Draw(int images)
    {
        for (int i = 0; i < images; i++)
        {
            string[] parts = Parts(NameOf(i));
            byte[] ids = BrightestChannelModel.SaveImage(_folder.Prepare(["images", .. parts]), Height, Width, seed: i).Ids.ToArray();
            for (int at = i; at < ids.Length; at += 3)
                ids[at] = (byte)(at % 5 == 0 ? LabelMap.IgnoreId : (ids[at] + 1) % 3);
            new SegmentationMask(Height, Width, ids, BrightestChannelModel.Labels).Save(_folder.Prepare(["labels", .. parts]));
        }
    }

    // In the order of their names: a/0.png, a/1.png, …, then b.
    private static string NameOf(int image) => image < 3 ? $"a/{image}.png" : $"b{image}.png";

    private static string[] Parts(string name) => name.Split('/');

    private string LedgerFile() => Directory.GetFiles(_folder["out", "shards"], "*.ledger").Single();

    private static string Text(SegmentationEvaluation evaluation)
    {
        using var stream = new MemoryStream();
        evaluation.Save(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class Told(Action<int> hear) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => hear(value.Done);
    }
}
