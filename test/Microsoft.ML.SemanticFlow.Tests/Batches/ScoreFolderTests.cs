// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Batches;

[TestClass]
public sealed class ScoreFolderTests : IDisposable
{
    private const int Height = 32, Width = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly SegmentationModel _model = SegmentationModel.Load(BrightestChannelModel.ToBytes());
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void ScoreFolder_Outputs_AreWrittenBesideEachOtherInTheSameFolders()
    {
        var truth = Draw("a/x.png", seed: 1);
        Draw("y.png", seed: 2);

        var report = Score(new FolderScoringOptions { Outputs = [FolderOutput.Mask(MaskIds.Train), FolderOutput.Overlay(), FolderOutput.Color(), FolderOutput.Confidence()] });

        Assert.AreEqual((2, 2, 0, 0), (report.ImageCount, report.WrittenCount, report.ExistingCount, report.Skipped.Count));
        Assert.AreEqual("2 of 2 images scored, 0 done before, 0 skipped", report.ToString());
        CollectionAssert.AreEqual(
            new[] { "a/x-color.png", "a/x-confidence.png", "a/x-overlay.png", "a/x.png", "y-color.png", "y-confidence.png", "y-overlay.png", "y.png" }, Written("*.png"));
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(_folder["out", "a", "x.png"], BrightestChannelModel.Labels, MaskIds.Train).Ids.ToArray());
    }

    [TestMethod]
    public void ScoreFolder_OutputOfOnesOwn_IsGivenEveryImageOnce()
    {
        Draw("b.png", 1);
        Draw("a.png", 2);
        var seen = new System.Collections.Concurrent.ConcurrentBag<(int, string, string)>();

        Score(new FolderScoringOptions { Outputs = [new FolderOutput(["-x.txt"], PredictionDetails.None, image => seen.Add((image.Index, image.Name, image.PathOf("-x.txt"))))] });

        CollectionAssert.AreEqual(new[] { (0, "a.png", _folder["out", "a-x.txt"]), (1, "b.png", _folder["out", "b-x.txt"]) }, seen.Order().ToArray());
    }

    [TestMethod]
    public void ScoreFolder_Shards_AreTheWholeAndMergeSaysSo()
    {
        for (int i = 0; i < 7; i++)
            Draw($"{i}.png", i);

        int[] counts = [.. Enumerable.Range(0, 3).Select(index => Score(Shard(index, 3)).WrittenCount)];
        var merged = _ml.SemanticSegmentation.MergeShards(_folder["out"]);

        CollectionAssert.AreEqual(new[] { 3, 2, 2 }, counts);
        Assert.HasCount(7, Written("*.png"));
        Assert.AreEqual((7, 7, true), (merged.ImageCount, merged.DoneCount, merged.IsComplete));
    }

    [TestMethod]
    public void MergeShards_OneHasNotBegun_NamesItAndItsImages()
    {
        for (int i = 0; i < 5; i++)
            Draw($"{i}.png", i);
        Score(Shard(0, 2));

        var merged = _ml.SemanticSegmentation.MergeShards(_folder["out"]);

        Assert.AreEqual((5, 3, false), (merged.ImageCount, merged.DoneCount, merged.IsComplete));
        CollectionAssert.AreEqual(new[] { "1.png", "3.png" }, merged.Missing.ToArray());
        CollectionAssert.AreEqual(new[] { new WorkShard(1, 2) }, merged.MissingShards.ToArray());
    }

    [TestMethod]
    public void MergeShards_FoldersOfDifferentWork_AreRefused()
    {
        Draw("0.png", 0);
        Draw("1.png", 1);
        Score(Shard(0, 2));
        Draw("2.png", 2); // the folder is another one now
        Score(Shard(1, 2));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.MergeShards(_folder["out"]));

        StringAssert.Contains(error.Message, "is of other work than", StringComparison.Ordinal);
    }

    [TestMethod]
    public void MergeShards_BegunAnewWithOtherImages_CountsThose()
    {
        Draw("0.png", 0);
        Score(Shard(0, 1));
        Draw("1.png", 1);
        File.Delete(Directory.GetFiles(_folder["out", "shards"], "*.ledger").Single()); // as the refusal says
        Score(Shard(0, 1));

        var merged = _ml.SemanticSegmentation.MergeShards(_folder["out"]);

        Assert.AreEqual((2, 2), (merged.ImageCount, merged.DoneCount));
    }

    [TestMethod]
    [DataRow(null, "is missing, which lists the images")]
    [DataRow("\"another.png\"\n", "lists other images than the ledgers are of")]
    public void MergeShards_ListOfImagesThatDoesNotHold_SaysSo(string? text, string sentence)
    {
        Draw("0.png", 0);
        Score(Shard(0, 1));
        string list = _folder["out", "shards", "images.txt"];
        File.Delete(list);
        if (text is not null)
            File.WriteAllText(list, text);

        var error = Assert.Throws<Exception>(() => _ml.SemanticSegmentation.MergeShards(_folder["out"]));

        StringAssert.Contains(error.Message, sentence, StringComparison.Ordinal);
    }

    [TestMethod]
    public void MergeShards_FewerImagesThanShards_MissesNone()
    {
        Draw("0.png", 0);
        Score(Shard(0, 3));

        var merged = _ml.SemanticSegmentation.MergeShards(_folder["out"]);

        Assert.IsTrue(merged.IsComplete);
        Assert.IsEmpty(merged.MissingShards);
    }

    [TestMethod]
    public void MergeShards_CopyOfALedger_NamesItsImages()
    {
        Draw("0.png", 0);
        Draw("1.png", 1);
        Score(Shard(0, 2));
        Score(Shard(1, 2));
        File.Copy(_folder["out", "shards", "0002-of-0002.ledger"], _folder["out", "shards", "copy.ledger"]);

        var merged = _ml.SemanticSegmentation.MergeShards(_folder["out"]);

        CollectionAssert.AreEqual(new[] { "1.png" }, merged.Duplicates.ToArray());
        Assert.AreEqual((2, 2), (merged.ImageCount, merged.DoneCount));
    }

    [TestMethod]
    public void MergeShards_NoLedger_SaysSo()
    {
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.MergeShards(_folder.Root));

        StringAssert.Contains(error.Message, "holds no ledger", StringComparison.Ordinal);
    }

    [TestMethod]
    public void ScoreFolder_SecondStartWithALedger_DoesOnlyWhatIsMissing()
    {
        for (int i = 0; i < 4; i++)
            Draw($"{i}.png", i);
        Score(new FolderScoringOptions { KeepsLedger = true });
        File.Delete(_folder["out", "2.png"]);

        var again = Score(new FolderScoringOptions { KeepsLedger = true });

        Assert.AreEqual((4, 1, 3), (again.ImageCount, again.WrittenCount, again.ExistingCount));
        Assert.HasCount(4, Written("*.png"));
    }

    [TestMethod]
    public void ScoreFolder_LedgerOfOtherOptions_IsRefused()
    {
        Draw("0.png", 0);
        Score(new FolderScoringOptions { KeepsLedger = true });

        FolderScoringOptions[] others = [new() { Inference = new InferenceOptions { Flip = true } }, new() { Outputs = [FolderOutput.Mask(MaskIds.Train)] }];
        foreach (var other in others)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => Score(other with { KeepsLedger = true }));
            StringAssert.Contains(error.Message, "is of other work", StringComparison.Ordinal);
        }
    }

    // Ended at any moment, a start leaves a ledger of which each image has its files; the next does the rest.
    [TestMethod]
    public void ScoreFolder_StoppedAnywhere_GoesOnToTheSameFiles()
    {
        for (int i = 0; i < 12; i++)
            Draw($"{i:d2}.png", i);
        Score(new FolderScoringOptions());
        var whole = Directory.GetFiles(_folder["out"], "*.png").ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        Directory.Delete(_folder["out"], recursive: true);

        int written = 0;
        for (int stop = 1; stop <= 4; stop++)
        {
            using var cancel = new CancellationTokenSource();
            int seen = 0;
            var output = new FolderOutput([".png"], PredictionDetails.None, image =>
            {
                image.Prediction.Mask.Save(image.PathOf(".png"));
                if (Interlocked.Increment(ref seen) == 2)
                    cancel.Cancel();
            });
            try
            {
                Score(new FolderScoringOptions { KeepsLedger = true, Outputs = [output], CancellationToken = cancel.Token, MaxDegreeOfParallelism = 1 });
            }
            catch (OperationCanceledException)
            {
            }

            int now = Ledger.Read(Directory.GetFiles(_folder["out", "shards"], "*.ledger").Single()).Lines.Count();
            Assert.IsGreaterThan(written, now);
            written = now;
        }

        var last = Score(new FolderScoringOptions { KeepsLedger = true });

        Assert.AreEqual(written, last.ExistingCount);
        foreach (var (name, bytes) in whole)
            CollectionAssert.AreEqual(bytes, File.ReadAllBytes(_folder["out", name]), name);
    }

    [TestMethod]
    public void ScoreFolder_FaultyImage_EndsTheWorkOrIsLeftOut()
    {
        Draw("good.png", 1);
        File.WriteAllText(_folder.Prepare("images", "bad.png"), "no image, but long enough to be looked at");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Score(new FolderScoringOptions()));
        var report = Score(new FolderScoringOptions { Reading = new ReadingOptions { SkipFaulty = true } });

        StringAssert.Contains(error.Message, "bad.png' cannot be scored", StringComparison.Ordinal);
        Assert.AreEqual((1, 1), (report.WrittenCount, report.Skipped.Count));
        Assert.AreEqual(_folder["images", "bad.png"], report.Skipped[0].Path);
        Assert.ThrowsExactly<InvalidDataException>(() => Score(new FolderScoringOptions { Reading = new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 0.1 } }));
    }

    [TestMethod]
    public void ScoreFolder_OutputIsTheFolderOfImages_IsRefused()
    {
        Draw("a.png", 1);

        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.ScoreFolder(_model, _folder["images"], _folder["images"]));

        StringAssert.Contains(error.Message, "is the folder of the images", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Outputs_TwoThatEndAlike_AreRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => new FolderScoringOptions { Outputs = [FolderOutput.Mask(), FolderOutput.Mask()] });

        StringAssert.Contains(error.Message, "end in '.png'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Check_NamesThatDifferByCase_CollideOnDisksThatTakeThemForTheSame()
    {
        ScoringJob[] jobs = [new("A.png", "x/A.png", "out/A", [".png"]), new("a.png", "x/a.png", "out/a", [".png"])];

        OutputNames.Check(jobs, () => true);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => OutputNames.Check(jobs, () => false));

        Assert.AreEqual("'x/A.png' and 'x/a.png' would both be written to 'out/A.png', since the disk takes small and capital letters for the same. Rename one.", error.Message);
        Assert.AreEqual(!OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS(), OutputNames.TellsCasesApart(_folder.Root));
    }

    private static FolderScoringOptions Shard(int index, int count) => new() { Shard = new WorkShard(index, count), KeepsLedger = true };

    private FolderScoringReport Score(FolderScoringOptions options) => _ml.SemanticSegmentation.ScoreFolder(_model, _folder["images"], _folder["out"], options);

    private SegmentationMask Draw(string name, int seed) => BrightestChannelModel.SaveImage(_folder.Prepare(["images", .. name.Split('/')]), Height, Width, seed);

    private string[] Written(string pattern) =>
    [
        .. Directory.GetFiles(_folder["out"], pattern, SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder["out"], path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];
}
