// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class PngIndexReaderTests
{
    private static readonly int[] _depths = [1, 2, 4, 8, 16];

    /// <summary>Three pixels, every byte of the file by hand; the compressed data is one stored block.</summary>
    [TestMethod]
    public void Read_HandMadeFile_GivesItsIndices()
    {
        var file = PngFiles.Join(
        [
            ("IHDR", [0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0]),              // width 3, height 1, 2 bits, palette
            ("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]),
            ("IDAT", [0x78, 0x01, 1, 2, 0, 0xFD, 0xFF, 0, 0b11_01_10_00, 0x00, 0xDA, 0x00, 0xD9]),     // Adler-32: 1 + 0 + 216, twice summed 1 + 217
            ("IEND", []),
        ]);

        var png = PngIndexReader.Read(file, "hand.png");

        CollectionAssert.AreEqual(new byte[] { 3, 1, 2 }, png.Samples);
        Assert.AreEqual((1, 3, 2, true), (png.Height, png.Width, png.BitDepth, png.IsPalette));
        Assert.AreEqual(9, png.Palette[^1]);
    }

    [TestMethod]
    public void Read_EveryDepthFilterAndInterlacing_GivesTheSamples()
    {
        var kinds = Gen.Select(Gen.Int[0, 4].Select(i => _depths[i]), Gen.Bool, Gen.Bool, Gen.Int[0, 5]);
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], kinds, Gen.Int).Sample((height, width, kind, seed) =>
        {
            var (depth, isPalette, isInterlaced, filter) = kind;
            var random = new Random(seed);
            var samples = Enumerable.Range(0, height * width).Select(_ => random.Next(1 << depth)).ToArray();
            var palette = isPalette && depth <= 8 ? new byte[3 << depth] : null;
            var file = PngFiles.Indexed(samples, height, width, depth, palette, isInterlaced, filter);

            var png = PngIndexReader.Read(file, "any.png");

            var actual = depth == 16 ? png.WideSamples.Select(sample => (int)sample) : png.Samples.Select(sample => (int)sample);
            Assert.IsTrue(samples.SequenceEqual(actual));
            Assert.AreEqual((height, width, depth, palette is not null), (png.Height, png.Width, png.BitDepth, png.IsPalette));
        }, iter: 300);
    }

    [TestMethod]
    public void Read_GrayFilesOfSkia_EqualsSkia()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int).Sample((height, width, seed) =>
        {
            var expected = new byte[height * width];
            new Random(seed).NextBytes(expected);
            using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), expected);
            using var encoded = image.Encode(SKEncodedImageFormat.Png, 100);

            var png = PngIndexReader.Read(encoded.ToArray(), "skia.png");

            PixelAssert.AreEqual(expected, png.Samples, width, 1, "samples");
        }, iter: 100);
    }

    [TestMethod]
    public void Read_InterlacedGray_EqualsSkia()
    {
        var random = new Random(8);
        var samples = Enumerable.Range(0, 37 * 29).Select(_ => random.Next(256)).ToArray();
        var file = PngFiles.Indexed(samples, 37, 29, 8, isInterlaced: true, filter: 5);

        var png = PngIndexReader.Read(file, "interlaced.png");

        using var bitmap = SKBitmap.Decode(file);
        for (int i = 0; i < png.Samples.Length; i++)
            Assert.AreEqual(bitmap.GetPixel(i % 29, i / 29).Red, png.Samples[i]);
    }

    [TestMethod]
    public void Read_ReferenceFile_EqualsItsBytes()
    {
        var expected = GoldenData.Bytes("training_data", "centroid_a_ids_200x300.u8");

        var png = PngIndexReader.Read(GoldenData.File("training_data", "centroid_a_ids_200x300.png"));

        PixelAssert.AreEqual(expected, png.Samples, 300, 1, "samples");
    }

    [TestMethod]
    [DataRow(2, "RGB")]
    [DataRow(4, "gray with alpha")]
    [DataRow(6, "RGBA")]
    public void Read_ColorFile_SaysWhatItIs(int colorType, string kind)
    {
        var file = PngFiles.Join([("IHDR", PngFiles.Header(1, 1, 8, colorType, 0)), ("IDAT", PngFiles.Compress(new byte[5])), ("IEND", [])]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => PngIndexReader.Read(file, "street.png"));

        Assert.AreEqual($"PNG 'street.png' is {kind}; class ids are read from gray or palette files. Convert the colours to ids first.", error.Message);
    }

    [TestMethod]
    public void Read_TruncatedAnywhere_Throws()
    {
        var file = PngFiles.Indexed([.. Enumerable.Range(0, 400)], 20, 20, 16, filter: 5);

        for (int length = 0; length < file.Length; length++)
        {
            var part = file[..length];
            var error = Assert.ThrowsExactly<InvalidDataException>(() => PngIndexReader.Read(part, "cut.png"), $"length {length}");

            Assert.Contains("cut.png", error.Message);
        }
    }

    [TestMethod]
    public void Read_DamagedFiles_SayWhat()
    {
        var chunks = PngFiles.Split(PngFiles.Indexed(new int[64], 8, 8, 8));
        var file = PngFiles.Join(chunks);
        file[20]++;
        Expect(file, "the chunk at byte 8 has a wrong checksum");
        Expect(Replace("IHDR", PngFiles.Header(0, 8, 8, 0, 0)), "says it is 0 x 8 pixels (height x width)");
        Expect(Replace("IHDR", PngFiles.Header(-5, 8, 8, 0, 0)), "says it is 4294967291 x 8 pixels");
        Expect(Replace("IHDR", PngFiles.Header(16000, 16000, 8, 0, 0)), "ends before its last row");
        Expect(Replace("IHDR", PngFiles.Header(9, 8, 8, 0, 0)), "ends before its last row");
        Expect(Replace("IHDR", PngFiles.Header(8, 8, 3, 0, 0)), "a header that the format does not allow (colour type 0, 3 bits");
        Expect(Replace("IHDR", [1, 2, 3]), "its header has 3 bytes");
        Expect(Replace("IDAT", [1, 2, 3, 4]), "its compressed pixels cannot be unpacked");
        Expect(Replace("IDAT", [0x78, 0x20, 0, 0, 0, 1, 3, 0]), "its compressed pixels cannot be unpacked");      // asks for a preset dictionary
        Expect(Replace("IDAT", PngFiles.Compress([.. Enumerable.Repeat((byte)9, 100)])), "row 0 names filter 9");
        Expect(Replace("IDAT", []), "ends before its last row");
        Expect([.. "BM, a bitmap"u8], "is not a PNG file");
        Expect(PngFiles.Join(chunks.Skip(1)), "does not begin with its header");

        byte[] Replace(string type, byte[] body)
        {
            // One data chunk is enough.
            var kept = chunks.Where(chunk => type != "IDAT" || chunk.Type != "IDAT").ToList();
            int at = type == "IDAT" ? kept.Count - 1 : kept.FindIndex(chunk => chunk.Type == type);
            if (type != "IDAT")
                kept.RemoveAt(at);
            kept.Insert(at, (type, body));
            return PngFiles.Join(kept);
        }

        static void Expect(byte[] file, string part)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => PngIndexReader.Read(file, "bad.png"));

            Assert.Contains("'bad.png'", error.Message);
            Assert.Contains(part, error.Message);
        }
    }

    /// <summary>Damage, with and without mended checksums: a result or one kind of exception, and memory in proportion to the file.</summary>
    [TestMethod]
    public void Read_MutatedFile_ReadsOrThrowsInvalidData()
    {
        byte[][] files =
        [
            PngFiles.Indexed([.. Enumerable.Range(0, 64 * 64).Select(i => i % 16)], 64, 64, 4, new byte[48], isInterlaced: true, filter: 5),
            PngFiles.Indexed([.. Enumerable.Range(0, 30 * 50).Select(i => i * i % 256)], 30, 50, 8, filter: 5),
            PngFiles.Indexed([.. Enumerable.Range(0, 30 * 50)], 30, 50, 16, filter: 4),
        ];
        var edit = Gen.Select(Gen.Int[0, 1 << 16], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(Gen.Int[0, files.Length - 1].Select(i => files[i]), edit.Array[1, 6], Gen.Bool).Sample((file, edits, isMended) =>
        {
            var mutated = isMended ? PngFiles.Join(PngFiles.Split(file).Select(chunk => (chunk.Type, Mutate(chunk.Body, edits)))) : Mutate(file, edits);
            long before = GC.GetAllocatedBytesForCurrentThread();

            try
            {
                PngIndexReader.Read(mutated, "mutated.png");
            }
            catch (InvalidDataException)
            {
            }

            // At best 1032 bytes unpacked from one, 8 one-bit samples in each, a byte a sample; and the decompressor's buffers.
            Assert.IsLessThan(1032L * 8 * mutated.Length + (1 << 20), GC.GetAllocatedBytesForCurrentThread() - before);
        }, iter: 3000);

        static byte[] Mutate(byte[] bytes, (int At, byte Value, int Kind)[] edits)
        {
            var list = bytes.ToList();
            foreach (var (at, value, kind) in edits)
            {
                if (list.Count == 0)
                    break;
                int index = at % list.Count;
                if (kind == 0)
                    list.RemoveAt(index);
                else if (kind == 1)
                    list.Insert(index, value);
                else
                    list[index] = value;
            }

            return [.. list];
        }
    }
}
