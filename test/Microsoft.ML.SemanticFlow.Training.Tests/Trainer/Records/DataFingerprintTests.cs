// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Trainer.Records;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

[TestClass]
public sealed class DataFingerprintTests
{
    [TestMethod]
    public void Of_SameFilesInAnotherFolder_IsTheSame()
    {
        using var here = new TinyScenes(3, 32);
        using var there = new TinyScenes(3, 32);
        var context = new MLContext(1);

        var first = DataFingerprint.Of(here.Paths(context), "Image", "Label");
        var second = DataFingerprint.Of(there.Paths(context), "Image", "Label");

        Assert.AreEqual(first, second);
        Assert.AreEqual((3, "000.png", "002.png"), (first.Rows, first.First, first.Last));
    }

    [TestMethod]
    public void Of_OneFileOfAnotherSize_Differs()
    {
        using var scenes = new TinyScenes(3, 32);
        var context = new MLContext(1);
        var before = DataFingerprint.Of(scenes.Paths(context), "Image", "Label");
        File.AppendAllText(Path.Combine(scenes.Masks, "001.png"), "x");

        var after = DataFingerprint.Of(scenes.Paths(context), "Image", "Label");

        Assert.AreEqual("file names and sizes differ, or their order", DataFingerprint.Difference(before, after));
    }

    [TestMethod]
    public void OfFiles_OtherOrder_Differs()
    {
        using var scenes = new TinyScenes(2, 32);
        string[] images = ["000.png", "001.png"];
        string[] Below(string folder) => [.. images.Select(name => Path.Combine(folder, name))];

        var forward = DataFingerprint.OfFiles(Below(scenes.Images), Below(scenes.Masks));
        var backward = DataFingerprint.OfFiles([.. Below(scenes.Images).Reverse()], [.. Below(scenes.Masks).Reverse()]);

        Assert.AreNotEqual(forward.Sha256, backward.Sha256);
    }

    [TestMethod]
    public void OfFiles_SubfoldersThatDiffer_Differ()
    {
        var a = DataFingerprint.OfFiles(["/data/x/1.png", "/data/y/1.png"], ["/l/x/1.png", "/l/y/1.png"]);
        var same = DataFingerprint.OfFiles(["/moved/x/1.png", "/moved/y/1.png"], ["/m/x/1.png", "/m/y/1.png"]);
        var b = DataFingerprint.OfFiles(["/data/x/1.png", "/data/z/1.png"], ["/l/x/1.png", "/l/z/1.png"]);

        Assert.AreEqual("x/1.png", a.First);
        Assert.AreEqual(a, same);
        Assert.AreNotEqual(a.Sha256, b.Sha256);
    }

    [TestMethod]
    public void Of_RowsWithoutPaths_CoversPixelsOfSixteen()
    {
        var rows = Enumerable.Range(0, 40).Select(i => Drawn((byte)i)).ToArray();
        var context = new MLContext(1);
        var before = Of(context, rows);

        // 40 rows: row 2 * 40 / 16 = 5 is read, row 6 is not.
        var unseen = Of(context, [.. rows[..6], Drawn(200), .. rows[7..]]);
        var seen = Of(context, [.. rows[..5], Drawn(200), .. rows[6..]]);
        var shorter = Of(context, rows[..39]);

        Assert.AreEqual(before, unseen);
        Assert.AreEqual("pixels of up to 16 rows differ, or their order", DataFingerprint.Difference(before, seen));
        Assert.AreEqual("that had 40 rows, this has 39", DataFingerprint.Difference(before, shorter));
    }

    [TestMethod]
    public void Difference_NoneAndSome_SaysWhich()
    {
        var some = DataFingerprint.OfFiles(["1.png"], ["1.png"]);

        Assert.IsNull(DataFingerprint.Difference(null, null));
        Assert.AreEqual("there was none", DataFingerprint.Difference(null, some));
        Assert.AreEqual("there is none now", DataFingerprint.Difference(some, null));
    }

    private static DataFingerprint Of(MLContext context, Row[] rows) => DataFingerprint.Of(context.Data.LoadFromEnumerable(rows), "Image", "Label");

    private static Row Drawn(byte shade) => new()
    {
        Image = MLImage.CreateFromPixels(3, 2, MLPixelFormat.Bgra32, [.. Enumerable.Repeat(shade, 24)]),
        Label = new SegmentationMask(2, 3, new byte[6], TinyScenes.Labels),
    };

    private sealed class Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(2, 3)]
        public MLImage? Image { get; init; }

        [SegmentationMaskType]
        public SegmentationMask? Label { get; init; }
    }
}
