// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

/// <summary>What files can hold: small ones that claim much are refused before memory is taken, and none that is whole.</summary>
[TestClass]
[DoNotParallelize]     // the limit is the process's
public sealed class ImageKindsTests
{
    private const int Side = 12_000;    // 144 million pixels, below the limit

    [TestMethod]
    public void Decode_SmallFileThatClaimsMuch_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] oldBmp = [.. Bmp(24)[..14], 12, 0, 0, 0, Side & 255, Side >> 8, Side & 255, Side >> 8, 1, 0, 24, 0, .. new byte[100]];
        (string Name, byte[] File)[] files =
        [
            ("rgb.png", PngFiles.Join([("IHDR", PngFiles.Header(Side, Side, 8, 2, 0)), ("IDAT", PngFiles.Compress(new byte[10])), ("IEND", [])])),
            ("one bit.png", PngFiles.Join([("IHDR", PngFiles.Header(Side, Side, 1, 0, 1)), ("IDAT", PngFiles.Compress(new byte[10])), ("IEND", [])])),
            ("picture.gif", Gif()),
            ("rgb.bmp", Bmp(24)),
            ("one bit.bmp", Bmp(1)),
            ("runs.bmp", [.. Bmp(8, compression: 1), .. new byte[100]]),
            ("old.bmp", oldBmp),
            ("picture.jpg", Claiming(Encode(SKEncodedImageFormat.Jpeg))),
        ];
        foreach (var (name, file) in files)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();

            var refused = Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(file, name), name);

            StringAssert.Contains(refused.Message, $"Image '{name}' says it is {Side} x {Side} pixels (height x width), more than a file of {file.Length} bytes can hold");
            Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before, name);
        }
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void Decode_LargestImageOfOneColour_IsRead(SKEncodedImageFormat format)
    {
        // Nothing compresses better: the bounds must let it through.
        using var picture = new SKBitmap(new SKImageInfo(4000, 4000, SKColorType.Bgra8888, SKAlphaType.Opaque));
        picture.Erase(SKColors.SteelBlue);
        using var encoded = picture.Encode(format, 1);

        using var image = ImageCodec.Decode(encoded.ToArray(), "flat", rent: true);

        Assert.AreEqual((4000, 4000), (image.Height, image.Width));
    }

    [TestMethod]
    public void Decode_FlatGifAndBmps_AreRead()
    {
        // Codes of a GIF that is black throughout: each stands for one pixel more than the one before.
        byte[] gif = FlatGif(2000, 2000);
        byte[] bmp = [.. Bmp(1, 800, 800), .. new byte[800 * 100]];

        using var fromGif = ImageCodec.Decode(gif, "flat.gif", rent: true);
        using var fromBmp = ImageCodec.Decode(bmp, "flat.bmp", rent: true);

        Assert.AreEqual((2000, 2000), (fromGif.Height, fromGif.Width));
        Assert.AreEqual((800, 800), (fromBmp.Height, fromBmp.Width));
    }

    [TestMethod]
    public void Decode_JpegOfManyScans_IsRefused()
    {
        byte[] jpeg = Encode(SKEncodedImageFormat.Jpeg);
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x55];
        byte[] file = [.. jpeg[..^2], .. Enumerable.Repeat(scan, 101).SelectMany(bytes => bytes), .. jpeg[^2..]];

        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(file, "many.jpg")).Message, "more than a file of");
        Assert.IsGreaterThan(0, ImageKinds.MostPixels(jpeg));
    }

    [TestMethod]
    public void Decode_KindThatIsNotNamed_IsRefused()
    {
        byte[] wirelessBitmap = [0, 0, 8, 1, 0];
        byte[] icon = [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 24, 0, 48, 0, 0, 0, 22, 0, 0, 0, .. new byte[48]];

        foreach (byte[] file in (byte[][])[wirelessBitmap, icon])
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(file, "other")).Message, "Give a PNG, JPEG, WebP, BMP or GIF file.");
    }

    [TestMethod]
    public void MaxPixels_Lowered_RefusesImagesLabelsAndModels()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["image.png"], 40, 50, seed: 1).Save(folder["label.png"]);
        byte[] model = BrightestChannelModel.ToBytes(side: 50);
        int before = ImageLimits.MaxPixels;
        try
        {
            ImageLimits.MaxPixels = 1999;

            foreach (Action read in (Action[])[
                () => ImageCodec.Decode(folder["image.png"]),
                () => SegmentationMask.Load(folder["label.png"], BrightestChannelModel.Labels),
                () => SegmentationModel.Load(model)])
            {
                StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(read).Message, "1 to 1999 pixels can be read");
            }

            ImageLimits.MaxPixels = 2000;
            Assert.AreEqual(40, ImageCodec.Decode(folder["image.png"]).Height);
        }
        finally
        {
            ImageLimits.MaxPixels = before;
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(500_000_001)]
    public void MaxPixels_BeyondItsRange_IsRefused(int value) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageLimits.MaxPixels = value);

    [TestMethod]
    public void Read_LabelOfManyNarrowRows_CountsTheFilterOfEachRow()
    {
        // A column of a bit a row takes two bytes a row unpacked, and not an eighth of one.
        byte[] file = PngFiles.Join([("IHDR", PngFiles.Header(40_000_000, 1, 1, 0, 0)), ("IDAT", PngFiles.Compress(new byte[10_000_000])), ("IEND", [])]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.ThrowsExactly<InvalidDataException>(() => PngIndexReader.Read(file, "narrow.png"));

        StringAssert.Contains(refused.Message, "ends before its last row");
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using var picture = new SKBitmap(new SKImageInfo(64, 64, SKColorType.Bgra8888, SKAlphaType.Opaque));
        picture.Erase(SKColors.Orange);
        using var encoded = picture.Encode(format, 80);
        return encoded.ToArray();
    }

    // A JPEG's frame header holds its size: marker, length, precision, height, width.
    private static byte[] Claiming(byte[] jpeg)
    {
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), Side);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), Side);
        return jpeg;
    }

    private static byte[] Bmp(int bits, int height = Side, int width = Side, int compression = 0)
    {
        byte[] file = new byte[54 + (bits <= 8 ? 4 << bits : 0)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length + 100);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = (byte)bits;
        file[30] = (byte)compression;
        return file;
    }

    private static byte[] Gif() =>
        [
            .. "GIF89a"u8, Side & 255, Side >> 8, Side & 255, Side >> 8, 0xF0, 0, 0, 0, 0, 0, 255, 255, 255,
            0x2C, 0, 0, 0, 0, Side & 255, Side >> 8, Side & 255, Side >> 8, 0, 2, 2, 0x84, 0x51, 0, 0x3B,
        ];

    private static byte[] FlatGif(int height, int width)
    {
        var bits = new List<bool>();
        int size = 3, next = 6;
        Write(4);
        for (int left = height * width, run = 1; left > 0; left -= run, run = Math.Min(run + 1, left))
        {
            // The first code is the colour; then each is the entry that the one before it makes, or a shorter one at the end.
            Write(run == 1 ? 0 : run + 4);
            if (run > 1 && next < 4096)
                next++;
            if (next == 1 << size && size < 12)
                size++;
            if (run + 4 == 4095)
            {
                Write(4);
                (size, next, left, run) = (3, 6, left - run + 1, 0);
            }
        }

        Write(5);
        var data = bits.Chunk(8).Select(chunk => (byte)chunk.Select((bit, i) => bit ? 1 << i : 0).Sum()).ToArray();
        return
        [
            .. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
            0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 2,
            .. data.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0, 0x3B,
        ];

        void Write(int code)
        {
            for (int i = 0; i < size; i++)
                bits.Add((code >> i & 1) == 1);
        }
    }
}
