// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class BatchLoaderTests
{
    private static readonly AugmentationOptions _crops = new() { CropHeight = 32, CropWidth = 32 };

    [TestMethod]
    [DataRow(64L, true, DisplayName = "from memory")]
    [DataRow(0L, false, DisplayName = "read anew")]
    public void Epoch_WithMoreThreads_GivesTheSameBatches(long cacheMegabytes, bool isCached)
    {
        using var scenes = new TinyScenes(7, size: 48);
        var source = Open(scenes, cacheMegabytes);

        var one = Read(source, workers: 1, epoch: 3);
        var four = Read(source, workers: 4, epoch: 3);
        var next = Read(source, workers: 1, epoch: 4);

        Assert.AreEqual(isCached, source.IsCached);
        Assert.HasCount(3, one); // 7 samples give 3 whole batches of 2
        for (int step = 0; step < one.Count; step++)
            CollectionAssert.AreEqual(one[step], four[step], $"batch {step}");
        CollectionAssert.AreNotEqual(one[0], next[0]);
    }

    [TestMethod]
    public void Epoch_ChannelsLast_HoldsTheSameValues()
    {
        using var scenes = new TinyScenes(2, size: 48);
        var source = Open(scenes);

        CollectionAssert.AreEqual(Read(source, workers: 1, epoch: 0)[0], Read(source, workers: 1, epoch: 0, channelsLast: true)[0]);
    }

    [TestMethod]
    public void Shuffled_OnePass_GivesEachSampleOnce()
    {
        using var scenes = new TinyScenes(7, size: 48);
        foreach (long megabytes in (long[])[0, 64])
        {
            var source = Open(scenes, megabytes);

            var drawn = source.Shuffled(new Random(1), CancellationToken.None).Take(14).Select(sample => Convert.ToHexString(sample.Image.Bgra)).ToArray();

            Assert.AreEqual(7, drawn[..7].Distinct().Count(), $"{megabytes} MiB");
            Assert.AreEqual(7, drawn[7..].Distinct().Count(), $"{megabytes} MiB");
        }
    }

    [TestMethod]
    public void Epoch_RowThatDoesNotRead_ThrowsWhatTheReaderThrew()
    {
        using var scenes = new TinyScenes(6, size: 48);
        var source = Open(scenes, megabytes: 0);
        scenes.Draw(3, 48, 48, maskHeight: 24);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Read(source, workers: 2, epoch: 0));

        StringAssert.Contains(thrown.Message, "003.png", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Epoch_LeftEarlyOrCancelled_EndsItsThreads()
    {
        using var scenes = new TinyScenes(6, size: 48);
        var source = Open(scenes, megabytes: 0);
        using var loader = new BatchLoader(source, new JointAugmentation(_crops), 2, 32, 32, channelsLast: false, workers: 3, seed: 1);
        using var stop = new CancellationTokenSource();

        _ = loader.Epoch(0, CancellationToken.None).First();
        using var batches = loader.Epoch(1, stop.Token).GetEnumerator();
        Assert.IsTrue(batches.MoveNext());
        stop.Cancel();

        // A batch may be ready already; the end comes within the epoch's three.
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (batches.MoveNext())
                stop.Token.ThrowIfCancellationRequested();
        });
    }

    [TestMethod]
    public void Open_EmptyFolderView_SaysWhichSet()
    {
        var context = new MLContext(1);
        var empty = context.Data.FilterRowsByColumn(context.Data.LoadFromEnumerable([new Row()]), nameof(Row.Number), lowerBound: 5);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => SampleSource.Open(SampleReader.OfPaths(empty, TinyScenes.Labels), 0, "training set", CancellationToken.None));

        StringAssert.Contains(thrown.Message, "training set has no rows", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Open_MaskWithAnUnknownClass_SaysWhereItIs()
    {
        using var scenes = new TinyScenes(2, size: 48);
        var context = new MLContext(1);
        var fewer = LabelMap.FromClassNames("fewer", "ground", "disk"); // the box of scene 1 has id 2

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() =>
            SampleSource.Open(SampleReader.OfColumns(scenes.Rows(context), "Image", "Label", fewer), 1 << 20, "training set", CancellationToken.None));

        StringAssert.Contains(thrown.Message, "class id 2 at row", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "'fewer' has the train ids 0 to 1", StringComparison.Ordinal);
    }

    private static SampleSource Open(TinyScenes scenes, long megabytes = 64) =>
        SampleSource.Open(SampleReader.OfPaths(scenes.Paths(new MLContext(1)), TinyScenes.Labels), megabytes << 20, "training set", CancellationToken.None);

    // Pixels and labels of each batch, one after the other.
    private static List<float[]> Read(SampleSource source, int workers, int epoch, bool channelsLast = false)
    {
        using var loader = new BatchLoader(source, new JointAugmentation(_crops), 2, 32, 32, channelsLast, workers, seed: 1);
        return [.. loader.Epoch(epoch, CancellationToken.None).Select(batch => (float[])
            [.. batch.Images.contiguous().data<float>(), .. batch.Labels.data<long>().Select(id => (float)id)])];
    }

    private sealed class Row
    {
        public float Number { get; set; }

        public string ImagePath { get; set; } = "";

        public string LabelPath { get; set; } = "";
    }
}
