// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>The kinds of image files that are decoded, known by their first bytes, and how many pixels a file of each kind can hold.</summary>
/// <remarks>
/// Skia takes memory for the size that a header claims. The bounds are those of each kind's compression at its best, so that no file
/// that can be decoded to its end is refused.
/// </remarks>
internal static class ImageKinds
{
    /// <summary>Bytes from the start of a file that are enough for <see cref="IsKnown"/>.</summary>
    public const int Sniffed = 12;

    private const int DeflateRatio = 1032;                  // bytes made of one
    private const int JpegPixelsAByte = 512;                // a bit for each block of 8 x 8
    private const int GifPixelsAByte = 2560;                // 12 bits for a run as long as the table of 4096
    private const int BmpPixelsAByte = 128;                 // run-length coded: two bytes for a run of 255
    private const int WebPPixelsAByte = 4096;
    private const int WebPPixelsOfNothing = 1 << 24;        // lossless files hold one colour in no bits at all

    // Progressive files have about ten. Each is a pass over the whole image, of which it may say nothing.
    private const int MostJpegScans = 100;

    /// <summary>Whether a file begins as one of the kinds.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> start) => IsPng(start) || IsJpeg(start) || IsGif(start) || IsBmp(start) || IsWebP(start);

    /// <summary>The most pixels that a file of a known kind can hold; 0 where a JPEG asks for more passes than any encoder makes.</summary>
    /// <param name="file">The whole file.</param>
    public static long MostPixels(ReadOnlySpan<byte> file)
    {
        if (IsPng(file))
            return (long)file.Length * DeflateRatio * 8 / BitsOfPng(file);
        if (IsJpeg(file))
            return CountScans(file) > MostJpegScans ? 0 : (long)file.Length * JpegPixelsAByte;
        if (IsGif(file))
            return (long)file.Length * GifPixelsAByte;
        if (IsBmp(file))
            return BitsOfPlainBmp(file) is { } bits ? file.Length * 8L / bits : (long)file.Length * BmpPixelsAByte;
        return Math.Max(WebPPixelsOfNothing, (long)file.Length * WebPPixelsAByte);
    }

    private static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(PngIndexReader.Signature);

    private static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static bool IsGif(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    private static bool IsBmp(ReadOnlySpan<byte> file) => file.StartsWith("BM"u8);

    private static bool IsWebP(ReadOnlySpan<byte> file) => file.StartsWith("RIFF"u8) && file.Length >= Sniffed && file[8..].StartsWith("WEBP"u8);

    // The header is the first chunk: depth and colour type lie behind signature, length, type, width and height.
    private static int BitsOfPng(ReadOnlySpan<byte> file)
    {
        const int Depth = 24, ColorType = 25;
        if (file.Length <= ColorType)
            return 1;
        int channels = file[ColorType] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        return Math.Clamp(file[Depth], (byte)1, (byte)16) * channels;
    }

    // Bits of a pixel where each has as many; null where runs are coded.
    private static int? BitsOfPlainBmp(ReadOnlySpan<byte> file)
    {
        const int HeaderLength = 14, OldHeader = 12, Rle8 = 1, Rle4 = 2;
        if (file.Length < 34)
            return 1;
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[HeaderLength..]) == OldHeader)
            return Math.Max((ushort)1, BinaryPrimitives.ReadUInt16LittleEndian(file[24..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(file[30..]) is Rle8 or Rle4 ? null : Math.Max((ushort)1, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]));
    }

    private static int CountScans(ReadOnlySpan<byte> file)
    {
        const byte Marker = 0xFF, End = 0xD9, Scan = 0xDA, FirstRestart = 0xD0, LastAlone = 0xD8;
        int scans = 0;
        for (int at = 2; at < file.Length - 1;)
        {
            // Behind a scan come its pixels, in which a marker's byte is followed by 0 or a restart.
            if (file[at] != Marker || file[at + 1] is 0 or Marker or (>= FirstRestart and <= LastAlone))
            {
                int next = file[(at + 1)..].IndexOf(Marker);
                if (next < 0)
                    break;
                at += next + 1;
                continue;
            }

            if (file[at + 1] == End || at + 4 > file.Length)
                break;
            scans += file[at + 1] == Scan ? 1 : 0;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return scans;
    }
}
