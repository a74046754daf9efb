// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What an image file says of itself at its beginning.</summary>
/// <param name="Height">Rows, as viewers show it.</param>
/// <param name="Width">Columns, as viewers show it.</param>
/// <param name="IsTurned">Whether it is stored otherwise than it is shown, by EXIF's orientation.</param>
/// <param name="BitsPerChannel">Bits of a PNG's channels, at least 8; 8 for other files.</param>
/// <example>
/// <code>
/// var info = SegmentationImageInfo.Read("street.png");            // of the file's beginning: no pixel is decoded
/// Console.WriteLine($"{info.Height} x {info.Width}");             // prints 240 x 320
/// </code>
/// </example>
public sealed record SegmentationImageInfo(int Height, int Width, bool IsTurned, int BitsPerChannel)
{
    /// <summary>Reads the beginning of a file; nothing is decoded.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image.</exception>
    public static SegmentationImageInfo Read(string path) => ImageCodec.ReadInfo(path);

    /// <summary>Reads the beginning of an encoded image; nothing is decoded. For a service that asks how large an image is before it takes it on.</summary>
    /// <param name="bytes">A PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <exception cref="InvalidDataException">The bytes are no image.</exception>
    public static SegmentationImageInfo Read(ReadOnlySpan<byte> bytes)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        return ImageCodec.ReadInfo(stream, "bytes");
    }
}
