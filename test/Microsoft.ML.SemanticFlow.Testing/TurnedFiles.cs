// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Image files that say how they are turned, and files of 16 bits.</summary>
public static class TurnedFiles
{
    /// <summary>What stands in the corners of <see cref="Quarters"/> as it is shown, top left, top right, bottom left, bottom right, by EXIF's orientation.</summary>
    /// <remarks>By EXIF's table: where the file's first row and first column are seen. Of 6: the first row on the right, the first column on top.</remarks>
    public static IReadOnlyList<string> Shown { get; } = ["", "ABCD", "BADC", "DCBA", "CDAB", "ACBD", "CADB", "DBCA", "BDAC"];

    /// <summary>An EXIF block with one entry, the orientation.</summary>
    public static byte[] Exif(int orientation, bool isBigEndian = true) => isBigEndian
        ? [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
        : [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A file of four quarters, A blue, B green, C red, D white, 48 rows and 80 columns as stored.</summary>
    public static byte[] Quarters(SKEncodedImageFormat format, int orientation) => Turn(Encode(Picture(), format), format, orientation);

    /// <summary>The quarter that a pixel of <see cref="Quarters"/> shows.</summary>
    public static char Quarter(byte blue, byte green, byte red) => (blue > 128, green > 128, red > 128) switch
    {
        (true, false, false) => 'A',
        (false, true, false) => 'B',
        (false, false, true) => 'C',
        (true, true, true) => 'D',
        _ => '?',
    };

    /// <summary>A file with an orientation added.</summary>
    public static byte[] Turn(byte[] file, SKEncodedImageFormat format, int orientation)
    {
        byte[] exif = Exif(orientation);
        switch (format)
        {
            case SKEncodedImageFormat.Jpeg:
                byte[] body = [.. "Exif\0\0"u8, .. exif];
                return [.. file[..2], 0xFF, 0xE1, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body, .. file[2..]];
            case SKEncodedImageFormat.Png:
                var chunks = PngFiles.Split(file);
                return PngFiles.Join([chunks[0], ("eXIf", exif), .. chunks[1..]]);
            default:
                byte[] canvas = [8, 0, 0, 0, 79, 0, 0, 47, 0, 0]; // there is EXIF; width and height less one
                byte[] riff = [.. "WEBP"u8, .. RiffChunk("VP8X", canvas), .. file[12..], .. RiffChunk("EXIF", exif)];
                return [.. "RIFF"u8, .. LittleEndian(riff.Length), .. riff];
        }
    }

    /// <summary>A gray PNG of 16 bits.</summary>
    public static byte[] Gray16(int[] samples, int height, int width) => PngFiles.Indexed(samples, height, width, depth: 16);

    private static SKBitmap Picture()
    {
        const int Height = 48, Width = 80;
        var bitmap = new SKBitmap(Width, Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        SKColor[] colors = [new(0, 0, 255), new(0, 255, 0), new(255, 0, 0), new(255, 255, 255)];
        for (int i = 0; i < colors.Length; i++)
        {
            using var paint = new SKPaint { Color = colors[i] };
            canvas.DrawRect(i % 2 * (Width / 2), i / 2 * (Height / 2), Width / 2, Height / 2, paint);
        }

        return bitmap;
    }

    private static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using (bitmap)
        {
            using var data = bitmap.Encode(format, quality: 95);
            return data.ToArray();
        }
    }

    private static byte[] RiffChunk(string type, byte[] body) => [.. Encoding.ASCII.GetBytes(type), .. LittleEndian(body.Length), .. body, .. new byte[body.Length % 2]];

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
