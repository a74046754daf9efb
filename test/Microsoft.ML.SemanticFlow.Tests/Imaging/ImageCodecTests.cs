// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class ImageCodecTests
{
    private static PixelImage Picture(bool isOpaque = true)
    {
        var image = new PixelImage(31, 45);
        new Random(2).NextBytes(image.Bgra);
        for (int i = 3; isOpaque && i < image.Bgra.Length; i += 4)
            image.Bgra[i] = 255;
        return image;
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void SavePng_AnyPicture_IsReadBackExactly(bool isOpaque)
    {
        using var folder = new TemporaryFolder();
        var image = Picture(isOpaque);

        ImageCodec.SavePng(image, folder["picture.png"]);
        var actual = ImageCodec.Decode(folder["picture.png"]);

        Assert.AreEqual((31, 45), (actual.Height, actual.Width));
        PixelAssert.AreEqual(image.Bgra, actual.Bgra, 45, 4, "picture");
        CollectionAssert.AreEqual(new[] { folder["picture.png"] }, Directory.GetFiles(folder.Root));
    }

    [TestMethod]
    public void Decode_StreamAndBytes_EqualTheFile()
    {
        using var folder = new TemporaryFolder();
        var image = Picture();
        ImageCodec.SavePng(image, folder["picture.png"]);
        var bytes = File.ReadAllBytes(folder["picture.png"]);
        var memory = new MemoryStream();
        memory.Write([1, 2, 3]);
        memory.Write(bytes);
        memory.Position = 3;
        using var file = File.OpenRead(folder["picture.png"]);

        PixelAssert.AreEqual(image.Bgra, ImageCodec.Decode(bytes, "bytes").Bgra, 45, 4, "bytes");
        PixelAssert.AreEqual(image.Bgra, ImageCodec.Decode(memory, "memory").Bgra, 45, 4, "memory");
        PixelAssert.AreEqual(image.Bgra, ImageCodec.Decode(file, "file").Bgra, 45, 4, "file");
    }

    [TestMethod]
    public void ImageInfo_OfBytes_IsThatOfTheFile()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(new PixelImage(7, 12), folder["a.png"]);

        Assert.AreEqual(new SegmentationImageInfo(7, 12, IsTurned: false, BitsPerChannel: 8), SegmentationImageInfo.Read(File.ReadAllBytes(folder["a.png"])));
        Assert.AreEqual(SegmentationImageInfo.Read(folder["a.png"]), SegmentationImageInfo.Read(File.ReadAllBytes(folder["a.png"])));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("no image")]
    [DataRow("GIF89a")]
    public void ImageInfo_OfOtherBytes_SaysSo(string text)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationImageInfo.Read(Encoding.ASCII.GetBytes(text)));

        Assert.StartsWith("'bytes' is not an image that can be read", error.Message);
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void Decode_CutFile_SaysSo(SKEncodedImageFormat format)
    {
        var noise = new byte[160 * 200 * 4];
        new Random(3).NextBytes(noise);
        using var image = SKImage.FromPixelCopy(new SKImageInfo(200, 160, SKColorType.Bgra8888, SKAlphaType.Opaque), noise);
        using var encoded = image.Encode(format, 90);
        var bytes = encoded.ToArray();

        foreach (int percent in new[] { 0, 1, 5, 30, 60, 90, 99 })
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(bytes.AsSpan(0, bytes.Length * percent / 100), "cut.bin"), $"{format} at {percent} %");

            Assert.Contains("'cut.bin'", error.Message);
        }

        Assert.AreEqual(160, ImageCodec.Decode(bytes, "whole.bin").Height);
    }

    [TestMethod]
    public void Decode_DamagedPng_ReadsOrThrowsInvalidData()
    {
        var random = new Random(4);
        var file = PngFiles.Indexed([.. Enumerable.Range(0, 40 * 30).Select(i => i % 256)], 40, 30, 8, filter: 5);
        int refused = 0;
        for (int trial = 0; trial < 500; trial++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(file.Length)] = (byte)random.Next(256);

            try
            {
                ImageCodec.Decode(damaged, "damaged.png");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(250, refused);     // only the comment chunk and unchanged bytes leave the file readable
    }

    [TestMethod]
    public void Decode_HugeHeader_IsRefusedBeforeAllocating()
    {
        var file = PngFiles.Join([("IHDR", PngFiles.Header(60000, 60000, 8, 0, 0)), ("IDAT", PngFiles.Compress(new byte[10])), ("IEND", [])]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(file, "huge.png"));

        Assert.AreEqual("Image 'huge.png' says it is 60000 x 60000 pixels (height x width); 1 to 500000000 pixels can be read. Check the file.", error.Message);
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Decode_TextFile_SaysWhatToGive()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode("not an image"u8, "notes.txt"));

        Assert.AreEqual("'notes.txt' is not an image that can be read, or its beginning is damaged. Give a PNG, JPEG, WebP, BMP or GIF file.", error.Message);
    }

    [TestMethod]
    public void Decode_NoFile_ThrowsFileNotFound()
    {
        using var folder = new TemporaryFolder();

        Assert.ThrowsExactly<FileNotFoundException>(() => ImageCodec.Decode(folder["none.png"]));
    }
}
