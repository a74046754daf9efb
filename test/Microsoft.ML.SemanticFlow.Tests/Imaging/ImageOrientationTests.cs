// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class ImageOrientationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    public static IEnumerable<object[]> Files =>
        from format in new[] { SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp }
        from orientation in Enumerable.Range(1, 8)
        select new object[] { format, orientation };

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void Decode_EveryOrientation_IsAsShown(SKEncodedImageFormat format, int orientation)
    {
        byte[] file = TurnedFiles.Quarters(format, orientation);
        string path = Write("image", file);

        PixelImage[] images = [ImageCodec.Decode(path), ImageCodec.Decode(path, rent: true), ImageCodec.Decode(file, "bytes"), ImageCodec.Decode(new MemoryStream(file), "stream")];

        foreach (var image in images)
        {
            Assert.AreEqual(orientation < 5 ? (48, 80) : (80, 48), (image.Height, image.Width));
            Assert.AreEqual((image.Height, image.Width), (image.FullHeight, image.FullWidth));
            Assert.AreEqual(TurnedFiles.Shown[orientation], Corners(image));
        }

        Assert.AreEqual(orientation < 5 ? (48, 80) : (80, 48), ImageCodec.ReadSize(path));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(6)]
    [DataRow(7)]
    public void Decode_ReducedJpeg_IsAsShown(int orientation)
    {
        byte[] file = TurnedFiles.Quarters(SKEncodedImageFormat.Jpeg, orientation);
        var (height, width) = orientation < 5 ? (48, 80) : (80, 48);

        var image = ImageCodec.Decode(file, "bytes", (height / 2, width / 2), rent: true);

        Assert.AreEqual((height / 2, width / 2, height, width), (image.Height, image.Width, image.FullHeight, image.FullWidth));
        Assert.AreEqual(TurnedFiles.Shown[orientation], Corners(image));
    }

    [TestMethod]
    public void Apply_LargerThanABlock_PutsEveryValueWhereExifSays()
    {
        // By EXIF's table, pixel by pixel: the first row is seen on the right, the first column on top.
        const int Height = 37, Width = 71;
        int[] stored = [.. Enumerable.Range(0, Height * Width)];
        var shown = new int[stored.Length];

        new ImageOrientation(6).Apply<int>(stored, Height, Width, shown);

        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
                Assert.AreEqual(stored[(row * Width) + column], shown[(column * Height) + (Height - 1 - row)], $"row {row}, column {column}");
        }
    }

    [TestMethod]
    public void OfExif_EitherByteOrder_IsRead()
    {
        Assert.AreEqual(6, ImageOrientation.OfExif(TurnedFiles.Exif(6)).Value);
        Assert.AreEqual(8, ImageOrientation.OfExif(TurnedFiles.Exif(8, isBigEndian: false)).Value);
    }

    [TestMethod]
    public void OfExif_CutOffOrOutOfRange_IsUpright()
    {
        byte[] whole = TurnedFiles.Exif(6);

        for (int length = 0; length < 20; length++)
            Assert.IsTrue(ImageOrientation.OfExif(whole.AsSpan(0, length)).IsUpright, $"{length} bytes");
        foreach (int value in (int[])[0, 9, 255])
            Assert.IsTrue(ImageOrientation.OfExif(TurnedFiles.Exif(value)).IsUpright, $"{value}");
        byte[] farAway = [.. "MM\0*"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1];
        Assert.IsTrue(ImageOrientation.OfExif(farAway).IsUpright);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(6)]
    public void LoadImagesAndMasks_TurnedJpeg_LiesUnderItsMaskAsShown(int orientation)
    {
        Write("0.jpg", TurnedFiles.Quarters(SKEncodedImageFormat.Jpeg, orientation));
        var labels = LabelMap.FromClassNames("quarters", "A", "B", "C", "D");
        MaskAsShown(orientation, labels).Save(_folder.Prepare("labels", "0.png"));
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = _folder["0.jpg"], LabelPath = _folder["labels", "0.png"] }]);

        var loaded = ml.Transforms.SemanticFlow().LoadImagesAndMasks(labels).Append(ml.Transforms.SemanticFlow().LoadImages("Alone")).Fit(data).Transform(data);

        var mask = loaded.GetColumn<SegmentationMask>("Label").Single();
        foreach (string column in (string[])["Image", "Alone"])
        {
            using var image = loaded.GetColumn<MLImage>(column).Single();
            Assert.AreEqual((mask.Height, mask.Width), (image.Height, image.Width));
            Assert.AreEqual(TurnedFiles.Shown[orientation], Corners(MLImageConversion.ToPixels(image)));
            Assert.AreEqual(_folder["0.jpg"], image.Tag);
        }
    }

    [TestMethod]
    public void SaveOverlay_TurnedJpeg_IsDrawnOnTheImageAsShown()
    {
        string path = Write("0.jpg", TurnedFiles.Quarters(SKEncodedImageFormat.Jpeg, 6));

        MaskAsShown(6, LabelMap.FromClassNames("quarters", "A", "B", "C", "D")).SaveOverlay(path, _folder["overlay.png"], opacity: 0);

        Assert.AreEqual(TurnedFiles.Shown[6], Corners(ImageCodec.Decode(_folder["overlay.png"])));
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(16)]
    public void ReadLabel_TurnedPng_IsAsShown(int depth)
    {
        // 1 2 3 / 4 5 6 turned by 90 degrees clockwise is 4 1 / 5 2 / 6 3.
        byte[] upright = PngFiles.Indexed([1, 2, 3, 4, 5, 6], height: 2, width: 3, depth);

        var png = PngIndexReader.Read(TurnedFiles.Turn(upright, SKEncodedImageFormat.Png, 6), "label.png");

        Assert.AreEqual((3, 2), (png.Height, png.Width));
        CollectionAssert.AreEqual(new[] { 4, 1, 5, 2, 6, 3 }, depth == 8 ? png.Samples.Select(id => (int)id).ToArray() : png.WideSamples.Select(id => (int)id).ToArray());
    }

    private static SegmentationMask MaskAsShown(int orientation, LabelMap labels)
    {
        var (height, width) = orientation < 5 ? (48, 80) : (80, 48);
        var ids = new byte[height * width];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (byte)(TurnedFiles.Shown[orientation][(2 * (i / width / (height / 2))) + (i % width / (width / 2))] - 'A');
        return new SegmentationMask(height, width, ids, labels);
    }

    private static string Corners(PixelImage image)
    {
        return string.Concat(At(0.25, 0.25), At(0.25, 0.75), At(0.75, 0.25), At(0.75, 0.75));

        char At(double down, double across)
        {
            var pixel = image.Bgra[(4 * (((int)(down * image.Height) * image.Width) + (int)(across * image.Width)))..];
            return TurnedFiles.Quarter(pixel[0], pixel[1], pixel[2]);
        }
    }

    private string Write(string name, byte[] file)
    {
        File.WriteAllBytes(_folder[name], file);
        return _folder[name];
    }
}
