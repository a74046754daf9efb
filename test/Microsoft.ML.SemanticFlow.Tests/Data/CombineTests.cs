// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

/// <summary>Several data sets as the sources of one.</summary>
[TestClass]
public sealed class CombineTests
{
    private static readonly MLContext _ml = new(seed: 1);

    private static readonly LabelMap _plain = LabelMap.FromClassNames("plain", "road", "car");

    // The same classes, whose files hold 7 for a road and 9 for a car.
    private static readonly LabelMap _other = LabelMap.Parse("other", "name,raw_id,train_id,r,g,b\nroad,7,0,0,0,0\ncar,9,1,9,9,9\n");

    private static SemanticSegmentationDataCatalog Data => _ml.SemanticSegmentation.Data;

    [TestMethod]
    public void Combine_SetsWithOtherIds_ReadsEachAsItsOwnReaderSays()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 1);
        Write(folder, "two", id: 9);
        var one = Data.Folder(folder["one", "images"], folder["one", "labels"], _plain);
        var two = Data.Folder(folder["two", "images"], folder["two", "labels"], _other);

        var both = Data.Combine(("first", one), ("second", two));

        CollectionAssert.AreEqual(new[] { "first", "second" }, both.GetColumn<string>("Source").ToArray());
        CollectionAssert.AreEqual(new[] { folder["one", "images", "a.png"], folder["two", "images", "a.png"] }, both.GetColumn<string>("ImagePath").ToArray());
        var loaded = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath").Fit(both).Transform(both);
        CollectionAssert.AreEqual(new byte[] { 1, 1 }, loaded.GetColumn<SegmentationMask>("Label").Select(mask => mask[0, 0]).ToArray()); // a car in both
    }

    [TestMethod]
    public void Combine_TwiceOver_KeepsHowTheInnerSetsAreRead()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 1);
        Write(folder, "two", id: 9);
        Write(folder, "three", id: 0);
        var inner = Data.Combine(
            ("a", Data.Folder(folder["one", "images"], folder["one", "labels"], _plain)), ("b", Data.Folder(folder["two", "images"], folder["two", "labels"], _other)));

        var all = Data.Combine(("inner", inner), ("outer", Data.Folder(folder["three", "images"], folder["three", "labels"], _plain)));

        CollectionAssert.AreEqual(new[] { "inner", "inner", "outer" }, all.GetColumn<string>("Source").ToArray());
        var loaded = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath").Fit(all).Transform(all);
        CollectionAssert.AreEqual(new byte[] { 1, 1, 0 }, loaded.GetColumn<SegmentationMask>("Label").Select(mask => mask[0, 0]).ToArray());
    }

    [TestMethod]
    public void Combine_OtherClasses_SaysWhichSourceHasThem()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 1);
        var one = Data.Folder(folder["one", "images"], folder["one", "labels"], _plain);
        var tree = Data.Folder(folder["one", "images"], folder["one", "labels"], LabelMap.FromClassNames("trees", "road", "tree"));

        var error = Assert.ThrowsExactly<ArgumentException>(() => Data.Combine(("first", one), ("second", tree)));

        StringAssert.Contains(error.Message, "Source 'second' has the classes of label map trees", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Combine_OneFolderWithIdsOfTwoKinds_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 9);
        var one = Data.Folder(folder["one", "images"], folder["one", "labels"], _plain);
        var two = Data.Folder(folder["one", "images"], folder["one", "labels"], _other);

        var error = Assert.ThrowsExactly<ArgumentException>(() => Data.Combine(("first", one), ("second", two)));

        StringAssert.Contains(error.Message, "Keep the label files of each source in a folder of its own.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Combine_OneNameTwice_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 1);
        var one = Data.Folder(folder["one", "images"], folder["one", "labels"], _plain);

        var error = Assert.ThrowsExactly<ArgumentException>(() => Data.Combine(("same", one), ("same", one)));

        StringAssert.Contains(error.Message, "Two sources are called 'same'.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Combine_ImagesWithoutLabels_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "one", id: 1);

        var error = Assert.ThrowsExactly<ArgumentException>(() => Data.Combine(("bare", Data.Folder(folder["one", "images"]))));

        StringAssert.Contains(error.Message, "Source 'bare' has no text column LabelPath.", StringComparison.Ordinal);
    }

    private static void Write(TemporaryFolder folder, string set, byte id)
    {
        ImageCodec.SavePng(new PixelImage(2, 3), folder.Prepare(set, "images", "a.png"));
        using var stream = File.Create(folder.Prepare(set, "labels", "a.png"));
        PngIndexWriter.Write(stream, [id, id, id, id, id, id], table: [], height: 2, width: 3, palette: new RgbColor[256]);
    }
}
