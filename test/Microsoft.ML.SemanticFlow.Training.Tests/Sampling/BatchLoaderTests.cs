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
    public void Crops_OnePass_GivesEachSampleOnce()
    {
        using var scenes = new TinyScenes(7, size: 48);
        foreach (long megabytes in (long[])[0, 64])
        {
            var source = Open(scenes, megabytes);

            var drawn = new CropStream(new CropSampler(7), source).Crops(new Random(1), CancellationToken.None).Take(14).Select(NameOf).ToArray();

            Assert.AreEqual(7, drawn[..7].Distinct().Count(), $"{megabytes} MiB");
            Assert.AreEqual(7, drawn[7..].Distinct().Count(), $"{megabytes} MiB");
        }
    }

    [TestMethod]
    [DataRow(64L, DisplayName = "from memory")]
    [DataRow(0L, DisplayName = "read anew")]
    public void Epoch_ClassUniform_GivesTheSameBatchesFromAnyThreads(long cacheMegabytes)
    {
        using var scenes = new TinyScenes(12, size: 48);
        var source = Open(scenes, cacheMegabytes, threads: 1);
        var sampler = ClassUniform(source, 0.5);

        var one = Read(source, workers: 1, epoch: 2, sampler: sampler);
        var four = Read(Open(scenes, cacheMegabytes, threads: 3), workers: 4, epoch: 2, sampler: sampler);

        Assert.HasCount(6, one); // 12 x 0.5 / 3 = 2 crops of each of 3 classes, and 6 of images: 6 batches of 2
        for (int step = 0; step < one.Count; step++)
            CollectionAssert.AreEqual(one[step], four[step], $"batch {step}");
    }

    [TestMethod]
    public void Crops_ClassUniform_AreThoseDrawnWhereverTheSamplesLie()
    {
        using var scenes = new TinyScenes(12, size: 48);
        var cached = Open(scenes);
        var sampler = ClassUniform(cached, 0.75);
        var names = cached.InOrder(CancellationToken.None).Select(sample => NameOf(new SampledCrop(sample, null))).ToArray();
        var planned = sampler.Draw(new Random(4)).Select(crop => (names[crop.Sample], crop.Around)).ToArray();

        foreach (var source in new[] { cached, Open(scenes, megabytes: 0) })
        {
            var crops = new CropStream(sampler, source).Crops(new Random(4), CancellationToken.None).Take(sampler.Count).Select(crop => (NameOf(crop), crop.Around)).ToArray();

            CollectionAssert.AreEquivalent(planned, crops, $"{source.IsCached}");
        }
    }

    [TestMethod]
    [DataRow(100, 100)]
    [DataRow(0, 100)]
    [DataRow(100, 0)]
    [DataRow(0, 0)]
    public void Crops_WithABoostSet_AreThoseDrawnFromBoth(int megabytes, int boostMegabytes)
    {
        using var scenes = new TinyScenes(6, size: 48);
        using var more = new TinyScenes(9, size: 48);
        var (source, boost) = (Open(scenes, megabytes), Open(more, boostMegabytes));
        var own = new ClassCentroids([[new PlannedCrop(4, new Centroid(10, 10))], [new PlannedCrop(2, new Centroid(7, 7))]]);
        var others = new ClassCentroids([[new PlannedCrop(0, new Centroid(1, 1))], [new PlannedCrop(3, new Centroid(20, 20)), new PlannedCrop(8, new Centroid(30, 30))]]);

        var sampler = new CropSampler(6, 1, own.With(others, classes: [1], samples: 6));
        var crops = new CropStream(sampler, source, boost).Crops(new Random(1), CancellationToken.None).Take(6).ToArray();

        // 3 crops of each class: the first class has one centroid, the second one of its own and two of the other set.
        var firstClass = crops.Where(crop => crop.Around == new Centroid(10, 10)).ToArray();
        Assert.HasCount(3, firstClass);
        Assert.AreEqual(NameOf(source, 4), NameOf(firstClass[0]));
        CollectionAssert.AreEquivalent(
            new[] { NameOf(source, 2), NameOf(boost, 3), NameOf(boost, 8) },
            crops.Except(firstClass).OrderBy(crop => crop.Around!.Value.Y).Select(NameOf).ToArray());
    }

    [TestMethod]
    public void Crops_RowsThatGiveNone_AreNotDecoded()
    {
        using var scenes = new TinyScenes(6, size: 48);
        var source = Open(scenes, megabytes: 0);
        // All 6 crops are of the only class, whose only centroid lies in sample 4.
        var sampler = new CropSampler(6, 1, new ClassCentroids([[new PlannedCrop(4, new Centroid(10, 10))]]));
        for (int i = 0; i < 6; i++)
        {
            if (i != 4)
                File.WriteAllText(Path.Combine(scenes.Images, $"{i:d3}.png"), "no image");
        }

        Assert.AreEqual(1, new CropStream(sampler, source).Crops(new Random(1), CancellationToken.None).Take(12).Select(NameOf).Distinct().Count());
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
    [DataRow(2)]
    [DataRow(3)]
    public void Epoch_OfSeveralProcesses_IsTogetherThatOfOne(int processes)
    {
        using var scenes = new TinyScenes(12, size: 48);
        var source = Open(scenes);

        // Two epochs of crops in one: fewer than a batch are repeated, alike in all.
        foreach (int size in (int[])[2, 8])
        {
            var alone = Images(source, new BatchShare(size * processes));
            var together = Enumerable.Range(0, processes).Select(process => Images(source, new BatchShare(size, process, processes))).ToArray();

            for (int batch = 0; batch < alone.Count; batch++)
                CollectionAssert.AreEqual(alone[batch], together.SelectMany(own => own[batch]).ToArray());
            Assert.IsTrue(together.All(own => own.Count == alone.Count));
        }
    }

    [TestMethod]
    public void Crops_OfSeveralProcessesReadAnew_AreEachImageOnce()
    {
        using var scenes = new TinyScenes(12, size: 48);
        var source = Open(scenes, megabytes: 0);

        var names = Enumerable.Range(0, 3).SelectMany(process => new CropStream(new CropSampler(12), source)
            .Crops(new Random(1), CancellationToken.None, new BatchShare(2, process, 3)).Take(4).Select(NameOf)).ToArray();

        Assert.HasCount(12, names.Distinct());
    }

    [TestMethod]
    public void Epoch_LeftEarlyOrCancelled_EndsItsThreads()
    {
        using var scenes = new TinyScenes(6, size: 48);
        var source = Open(scenes, megabytes: 0);
        using var loader = new BatchLoader(new CropStream(new CropSampler(6), source), new JointAugmentation(_crops), new BatchShare(2), channelsLast: false, workers: 3, seed: 1);
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

        var thrown = Assert.ThrowsExactly<InvalidDataException>(
            () => SampleSource.Open(SampleReader.OfPaths(empty, TinyScenes.Labels), 0, 1, "training set", CancellationToken.None));

        StringAssert.Contains(thrown.Message, "training set has no rows", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Open_MaskWithAnUnknownClass_SaysWhereItIs()
    {
        using var scenes = new TinyScenes(2, size: 48);
        var context = new MLContext(1);
        var fewer = LabelMap.FromClassNames("fewer", "ground", "disk"); // the box of scene 1 has id 2

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() =>
            SampleSource.Open(SampleReader.OfColumns(scenes.Rows(context), "Image", "Label", fewer), 1 << 20, 1, "training set", CancellationToken.None));

        StringAssert.Contains(thrown.Message, "class id 2 at row", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "'fewer' has the train ids 0 to 1", StringComparison.Ordinal);
    }

    private static string NameOf(SampledCrop crop) => Convert.ToHexString(crop.Sample.Image.Bgra);

    private static string NameOf(SampleSource source, int sample) => Convert.ToHexString(source.InOrder(CancellationToken.None).ElementAt(sample).Image.Bgra);

    private static CropSampler ClassUniform(SampleSource source, double fraction) =>
        new(source.Count, fraction, ClassCentroids.Find(source.Masks(CancellationToken.None), tile: 24, classCount: 3));

    private static SampleSource Open(TinyScenes scenes, long megabytes = 64, int threads = 2) =>
        SampleSource.Open(SampleReader.OfPaths(scenes.Paths(new MLContext(1)), TinyScenes.Labels), megabytes << 20, threads, "training set", CancellationToken.None);

    // Pixels and labels of each batch, one after the other.
    private static List<float[]> Read(SampleSource source, int workers, int epoch, bool channelsLast = false, CropSampler? sampler = null)
    {
        var stream = new CropStream(sampler ?? new CropSampler(source.Count), source);
        using var loader = new BatchLoader(stream, new JointAugmentation(_crops), new BatchShare(2), channelsLast, workers, seed: 1);
        return [.. loader.Epoch(epoch, CancellationToken.None).Select(batch => (float[])
            [.. batch.Images.contiguous().data<float>(), .. batch.Labels.data<long>().Select(id => (float)id)])];
    }

    // Of each batch, the pixels of its images, one image after the other.
    private static List<string[]> Images(SampleSource source, BatchShare share)
    {
        using var loader = new BatchLoader(new CropStream(new CropSampler(source.Count), source), new JointAugmentation(_crops), share, channelsLast: false, workers: 2, seed: 1);
        return [.. loader.Epoch(0, CancellationToken.None).Select(batch =>
        {
            float[] pixels = batch.Images.contiguous().data<float>().ToArray();
            return pixels.Chunk(pixels.Length / share.Size).Select(image => string.Join(' ', image)).ToArray();
        })];
    }

    private sealed class Row
    {
        public float Number { get; set; }

        public string ImagePath { get; set; } = "";

        public string LabelPath { get; set; } = "";
    }
}
