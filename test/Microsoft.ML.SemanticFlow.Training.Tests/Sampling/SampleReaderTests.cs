// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class SampleReaderTests
{
    [TestMethod]
    public void Read_AllRoutes_GiveTheSameSamples()
    {
        using var scenes = new TinyScenes(4, size: 40);
        var context = new MLContext(1);

        var expected = Contents(SampleReader.OfPaths(scenes.Paths(context), TinyScenes.Labels));

        Assert.AreEqual(4, expected.Distinct().Count());
        CollectionAssert.AreEqual(expected, Contents(OfColumns(scenes.Rows(context))));
        CollectionAssert.AreEqual(expected, Contents(OfColumns(LoadedByUs(scenes, context))));
    }

    // A validation set may be of another source than the training set: other raw ids, the same classes.
    [TestMethod]
    public void OfPaths_OwnMapAndIds_AreObeyed()
    {
        using var scenes = new TinyScenes(2, size: 40);
        var data = scenes.Paths(new MLContext(1));
        var shifted = LabelMap.Parse("shifted", "name,raw_id,train_id,r,g,b\nground,1,0,1,1,1\ndisk,2,1,2,2,2\nbox,0,2,3,3,3\n");
        byte[] Ids(LabelFiles? files) => [.. SampleReader.OfPaths(data, TinyScenes.Labels, files).Read(random: null, isWanted: null, CancellationToken.None)
            .SelectMany(row => row.Read()!.Mask.Ids.ToArray())];

        var plain = Ids(null);

        CollectionAssert.AreEqual(plain, Ids(new LabelFiles(shifted, MaskIds.Train)));
        CollectionAssert.AreEqual(Array.ConvertAll(plain, id => (byte)((id + 2) % 3)), Ids(new LabelFiles(shifted, MaskIds.Raw))); // 0 is box, 1 ground, 2 disk
    }

    // The rows are read when all cursors are closed, the last first: nothing but their paths is needed.
    [TestMethod]
    public void Read_ColumnsMadeFromPaths_AreMadeAtAnyTime()
    {
        using var scenes = new TinyScenes(4, size: 40);
        var reader = OfColumns(LoadedByUs(scenes, new MLContext(1)));
        var expected = Contents(reader);

        var rows = reader.Read(random: null, isWanted: null, CancellationToken.None).ToArray();
        scenes.Draw(1, 40, 40, maskHeight: 20);

        CollectionAssert.AreEqual(new[] { expected[3], expected[2] }, new[] { NameOf(rows[3].Read()), NameOf(rows[2].Read()) });
        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => rows[1].Read());
        StringAssert.Contains(thrown.Message, "001.png", StringComparison.Ordinal);
        Assert.AreEqual(expected[0], NameOf(rows[0].Read()));
    }

    [TestMethod]
    public void Read_Shuffled_KeepsTheIdsOfRows()
    {
        using var scenes = new TinyScenes(6, size: 40);
        foreach (var data in new[] { scenes.Rows(new MLContext(1)), LoadedByUs(scenes, new MLContext(1)) })
        {
            var reader = OfColumns(data);
            var inOrder = reader.ReadIds().Zip(Contents(reader)).ToDictionary(pair => pair.First, pair => pair.Second);

            var shuffled = reader.Read(new Random(2), isWanted: null, CancellationToken.None).Select(row => (row.Id, Name: NameOf(row.Read()))).ToArray();

            CollectionAssert.AreNotEqual(inOrder.Values.ToArray(), shuffled.Select(row => row.Name).ToArray());
            Assert.IsTrue(shuffled.All(row => inOrder[row.Id] == row.Name));
            Assert.AreEqual(6, shuffled.Select(row => row.Id).Distinct().Count());
        }
    }

    [TestMethod]
    public void Fingerprint_LabelFileOrPipelineChanges_Changes()
    {
        using var scenes = new TinyScenes(3, size: 40);
        var context = new MLContext(1);
        string? Of(IDataView data) => OfColumns(data).Fingerprint(CancellationToken.None);
        var rows = scenes.Rows(context);
        var smaller = context.Transforms.SemanticFlow().Resize(20, 20).Fit(rows).Transform(rows);

        string? first = Of(scenes.Rows(context));

        Assert.IsNotNull(first);
        Assert.AreEqual(first, Of(scenes.Rows(context)));
        Assert.AreNotEqual(first, Of(smaller));
        scenes.Draw(2, 48, 48);
        Assert.AreNotEqual(first, Of(scenes.Rows(context)));
        Assert.IsNull(Of(context.Transforms.DropColumns("LabelPath").Fit(rows).Transform(rows)));
    }

    private static SampleReader OfColumns(IDataView data) => SampleReader.OfColumns(data, "Image", "Label", TinyScenes.Labels);

    private static IDataView LoadedByUs(TinyScenes scenes, MLContext context)
    {
        var paths = scenes.Paths(context);
        return context.Transforms.SemanticFlow().LoadImagesAndMasks(TinyScenes.Labels).Fit(paths).Transform(paths);
    }

    private static string[] Contents(SampleReader reader) =>
        [.. reader.Read(random: null, isWanted: null, CancellationToken.None).Select(row => NameOf(row.Read()))];

    private static string NameOf(LabelledImage? sample) => $"{Convert.ToHexString(sample!.Image.Bgra)} {Convert.ToHexString(sample.Mask.Ids)}"; // none is skipped
}
