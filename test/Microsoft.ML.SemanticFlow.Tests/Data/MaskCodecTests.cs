// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class MaskCodecTests
{
    [TestMethod]
    public void Load_RawIds_BecomeTrainIds()
    {
        // Cityscapes: raw 7 road -> 0, 26 car -> 13, 0 unlabeled -> 255, 255 -> 255.
        var file = PngFiles.Indexed([7, 26, 0, 255], 2, 2, 8);

        var mask = MaskCodec.Load(file, "x.png", LabelMaps.Cityscapes);

        CollectionAssert.AreEqual(new byte[] { 0, 13, 255, 255 }, mask.Ids.ToArray());
        Assert.AreSame(LabelMaps.Cityscapes, mask.Labels);
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(16)]
    public void Load_UnknownId_SaysWhereAndWhatIsKnown(int depth)
    {
        var samples = new int[10 * 20];
        samples[7 * 20 + 12] = depth == 8 ? 34 : 26001;

        var error = Assert.ThrowsExactly<InvalidDataException>(() => MaskCodec.Load(PngFiles.Indexed(samples, 10, 20, depth), "x.png", LabelMaps.Cityscapes));

        Assert.AreEqual(
            $"Mask 'x.png' holds class id {samples[7 * 20 + 12]} at row 7, column 12; label map 'Cityscapes' knows 0 to 33. Read it with the map it was drawn with.",
            error.Message);
    }

    [TestMethod]
    public void Load_MapWithGaps_ListsItsRanges()
    {
        var labels = LabelMap.Parse("gaps", "name,raw_id,train_id,r,g,b\na,1,0,1,1,1\nb,2,1,2,2,2\nc,7,2,3,3,3\n");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => MaskCodec.Load(PngFiles.Indexed([5], 1, 1, 8), "x.png", labels));

        Assert.Contains("label map 'gaps' knows 1 to 2, 7.", error.Message);
    }

    [TestMethod]
    public void Load_SmallIdsIn16Bits_AreRead()
    {
        var mask = MaskCodec.Load(PngFiles.Indexed([0, 10, 11, 255], 2, 2, 16), "x.png", LabelMaps.CamVid);

        CollectionAssert.AreEqual(new byte[] { 0, 10, 255, 255 }, mask.Ids.ToArray());
    }

    [TestMethod]
    public void Load_TrainIds_AreKeptAndChecked()
    {
        var mask = MaskCodec.Load(PngFiles.Indexed([0, 18, 255], 1, 3, 8), "x.png", LabelMaps.Cityscapes, MaskIds.Train);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => MaskCodec.Load(PngFiles.Indexed([0, 19], 1, 2, 8), "x.png", LabelMaps.Cityscapes, MaskIds.Train));

        CollectionAssert.AreEqual(new byte[] { 0, 18, 255 }, mask.Ids.ToArray());
        Assert.Contains("holds class id 19 at row 0, column 1; label map 'Cityscapes' knows 0 to 18.", error.Message);
    }

    [TestMethod]
    public void SaveAndLoad_RawIdsAbove255_AreKeptIn16Bits()
    {
        using var folder = new TemporaryFolder();
        var labels = LabelMap.Parse("wide", "name,raw_id,train_id,r,g,b\nsky,300,0,1,1,1\nroad,65535,1,2,2,2\n");
        var mask = new SegmentationMask(2, 2, [0, 1, 255, 0], labels);

        mask.Save(folder["raw.png"]);
        mask.Save(folder["train.png"], MaskIds.Train);

        var raw = SemanticFlow.Imaging.PngIndexReader.Read(folder["raw.png"]);
        Assert.AreEqual(16, raw.BitDepth);
        CollectionAssert.AreEqual(new ushort[] { 300, 65535, 255, 300 }, raw.WideSamples);
        Assert.AreEqual(8, SemanticFlow.Imaging.PngIndexReader.Read(folder["train.png"]).BitDepth);
        CollectionAssert.AreEqual(mask.Ids.ToArray(), SegmentationMask.Load(folder["raw.png"], labels).Ids.ToArray());
        CollectionAssert.AreEqual(mask.Ids.ToArray(), SegmentationMask.Load(folder["train.png"], labels, MaskIds.Train).Ids.ToArray());
    }

    [TestMethod]
    public void Load_UnknownIdOf16Bits_SaysWhereAndWhatIsKnown()
    {
        var labels = LabelMap.Parse("wide", "name,raw_id,train_id,r,g,b\nsky,300,0,1,1,1\nroad,301,1,2,2,2\nvoid,0,255,0,0,0\n");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => MaskCodec.Load(PngFiles.Indexed([300, 302], 1, 2, 16), "x.png", labels));

        Assert.AreEqual("Mask 'x.png' holds class id 302 at row 0, column 1; label map 'wide' knows 0, 300 to 301. Read it with the map it was drawn with.", error.Message);
    }

    [TestMethod]
    public void Save_IgnoredPixelsWithoutARawId_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var labels = LabelMap.Parse("binary", "name,raw_id,train_id,r,g,b\nground,0,0,1,1,1\nroad,255,1,2,2,2\n");

        var error = Assert.ThrowsExactly<ArgumentException>(() => new SegmentationMask(1, 2, [0, 255], labels).Save(folder["m.png"]));
        new SegmentationMask(1, 2, [0, 1], labels).Save(folder["m.png"]);

        Assert.StartsWith("The mask ignores the pixel at row 0, column 1; label map 'binary' has raw id 255 for a class and none to ignore.", error.Message);
    }

    [TestMethod]
    public void SaveAndLoad_AnySizeAndIds_GiveTheMaskBack()
    {
        using var folder = new TemporaryFolder();
        int number = 0;
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[0, 1].Select(i => LabelMaps.All[i]), Gen.Enum<MaskIds>(), Gen.Int).Sample((height, width, labels, ids, seed) =>
        {
            string path = folder[$"{Interlocked.Increment(ref number)}.png"];
            var random = new Random(seed);
            var expected = Enumerable.Range(0, height * width).Select(_ => random.Next(labels.ClassCount + 1))
                .Select(id => id == labels.ClassCount ? LabelMap.IgnoreId : (byte)id).ToArray();

            new SegmentationMask(height, width, expected, labels).Save(path, ids);
            var actual = SegmentationMask.Load(path, labels, ids);

            Assert.AreEqual((height, width), (actual.Height, actual.Width));
            PixelAssert.AreEqual(expected, actual.Ids, width, 1, "ids");
        }, iter: 100);
    }

    [TestMethod]
    public void Save_WithoutLabels_KeepsEveryByte()
    {
        using var folder = new TemporaryFolder();
        var ids = Enumerable.Range(0, 256).Select(id => (byte)id).ToArray();

        new SegmentationMask(4, 64, ids).Save(folder["m.png"]);

        CollectionAssert.AreEqual(ids, SemanticFlow.Imaging.PngIndexReader.Read(folder["m.png"]).Samples);
    }

    [TestMethod]
    public void Save_Labelled_ShowsTheMapsColorsInAnyViewer()
    {
        using var folder = new TemporaryFolder();
        var mask = new SegmentationMask(1, 3, [0, 13, 255], LabelMaps.Cityscapes);

        mask.Save(folder["raw.png"]);
        mask.Save(folder["train.png"], MaskIds.Train);

        foreach (string name in new[] { "raw.png", "train.png" })
        {
            using var bitmap = SKBitmap.Decode(folder[name]);
            Assert.AreEqual(new SKColor(128, 64, 128), bitmap.GetPixel(0, 0));      // road
            Assert.AreEqual(new SKColor(0, 0, 142), bitmap.GetPixel(1, 0));         // car
            Assert.AreEqual(new SKColor(0, 0, 0), bitmap.GetPixel(2, 0));
        }
    }

    [TestMethod]
    public void Save_MapWhereRaw255IsAClass_WritesAnotherIgnoredId()
    {
        using var folder = new TemporaryFolder();
        var labels = LabelMap.Parse("binary", "name,raw_id,train_id,r,g,b\nvoid,9,255,0,0,0\nground,0,0,1,1,1\nroad,255,1,2,2,2\n");
        var mask = new SegmentationMask(1, 3, [0, 1, 255], labels);

        mask.Save(folder["m.png"]);

        CollectionAssert.AreEqual(new byte[] { 0, 255, 9 }, SemanticFlow.Imaging.PngIndexReader.Read(folder["m.png"]).Samples);
        CollectionAssert.AreEqual(mask.Ids.ToArray(), SegmentationMask.Load(folder["m.png"], labels).Ids.ToArray());
    }

    [TestMethod]
    public void Save_IdWithoutAClass_SaysWhere()
    {
        using var folder = new TemporaryFolder();
        var mask = new SegmentationMask(2, 2, [0, 0, 0, 11], LabelMaps.CamVid);

        var error = Assert.ThrowsExactly<ArgumentException>(() => mask.Save(folder["m.png"]));

        Assert.StartsWith("The mask holds class id 11 at row 1, column 1; label map 'CamVid' has 11 classes", error.Message);
        Assert.IsEmpty(Directory.GetFiles(folder.Root));
    }
}
