// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Reads the image files that Skia knows (PNG, JPEG, WebP, BMP, GIF) and writes PNG.</summary>
/// <remarks>
/// Pixels come as every viewer shows them: turned as EXIF says, of an animation the first picture. Colours come as stored: no colour
/// management, alpha not multiplied in. A file that ends early is an error: half an image would train and score as if it were whole.
/// A size that the file cannot hold, or above <see cref="ImageLimits.MaxPixels"/>, is refused before memory is taken for it: time and
/// memory are in proportion to the file's length, and to the pixels that it does hold.
/// </remarks>
internal static class ImageCodec
{
    private const int MaxPooledBytes = 1 << 30;
    private const int HeaderBytes = 32; // of a PNG, its signature and what IHDR says; more than enough to know the others by

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="atLeast">A size as shown that is enough: a JPEG may be decoded at a half, a quarter or an eighth of its own that is no
    /// smaller. Null decodes all of it.</param>
    /// <param name="rent">Whether to take the pixels' memory from the pool: dispose the image then.</param>
    /// <param name="gray16">How a gray PNG of 16 bits is brought to 8.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image, or is damaged or cut off.</exception>
    public static PixelImage Decode(string path, (int Height, int Width)? atLeast = null, bool rent = false, Gray16 gray16 = Gray16.Scale)
    {
        string source = Path.GetFileName(path);
        using var file = RegularFile.OpenRead(path);
        if (file.Length > MaxPooledBytes)
            return Decode(file, source, atLeast, rent, gray16);

        int length = (int)file.Length;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int count = file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false);
            return Decode(bytes.AsSpan(0, count), source, atLeast, rent, gray16);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Reads the size, as shown, from a file's header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image.</exception>
    public static (int Height, int Width) ReadSize(string path)
    {
        var info = ReadInfo(path);
        return (info.Height, info.Width);
    }

    /// <summary>Reads what a file's header says.</summary>
    public static SegmentationImageInfo ReadInfo(string path)
    {
        using var file = RegularFile.OpenRead(path);
        return ReadInfo(file, Path.GetFileName(path));
    }

    /// <summary>Reads what an encoded image's header says.</summary>
    /// <param name="file">From its beginning to its end; may be closed afterwards.</param>
    /// <param name="source">How messages name the image.</param>
    public static SegmentationImageInfo ReadInfo(Stream file, string source)
    {
        Span<byte> buffer = stackalloc byte[HeaderBytes];
        var start = buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        if (!ImageKinds.IsKnown(start))
            throw NotAnImage(source);
        int bits = Gray16Pixels.BitsOfPng(start, out _);
        file.Position = 0;
        // It closes the file where it has read it to its end.
        using var codec = SKCodec.Create(file) ?? throw NotAnImage(source);
        var orientation = ImageOrientation.Of(codec, file);
        var (height, width) = orientation.Turn(codec.Info.Height, codec.Info.Width);
        return new SegmentationImageInfo(height, width, !orientation.IsUpright, bits);
    }

    /// <summary>Decodes what is left of a stream.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <param name="source">How messages name the image.</param>
    /// <param name="atLeast">A size that is enough for a JPEG; null decodes all of it.</param>
    /// <param name="rent">Whether to take the pixels' memory from the pool: dispose the image then.</param>
    /// <param name="gray16">How a gray PNG of 16 bits is brought to 8.</param>
    public static PixelImage Decode(
        Stream stream, string source, (int Height, int Width)? atLeast = null, bool rent = false, Gray16 gray16 = Gray16.Scale)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream is MemoryStream memory && memory.TryGetBuffer(out var buffer))
        {
            var rest = buffer.AsSpan((int)Math.Min(memory.Position, memory.Length));
            memory.Position = memory.Length;
            return Decode(rest, source, atLeast, rent, gray16);
        }

        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Decode(copy.GetBuffer().AsSpan(0, (int)copy.Length), source, atLeast, rent, gray16);
    }

    /// <summary>Decodes a file's bytes.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <param name="source">How messages name the image.</param>
    /// <param name="atLeast">A size that is enough for a JPEG; null decodes all of it.</param>
    /// <param name="rent">Whether to take the pixels' memory from the pool: dispose the image then.</param>
    /// <param name="gray16">How a gray PNG of 16 bits is brought to 8.</param>
    public static unsafe PixelImage Decode(
        ReadOnlySpan<byte> bytes, string source, (int Height, int Width)? atLeast = null, bool rent = false, Gray16 gray16 = Gray16.Scale)
    {
        if (bytes.IsEmpty)
            throw new InvalidDataException($"Image '{source}' is empty. Copy the file again.");
        if (!ImageKinds.IsKnown(bytes))
            throw NotAnImage(source);
        if (gray16 == Gray16.Stretch && Gray16Pixels.BitsOfPng(bytes, out bool isGray) == 16 && isGray)
            return Gray16Pixels.Stretch(bytes.ToArray(), source, rent);

        fixed (byte* encoded = bytes)
        {
            using var data = SKData.Create((nint)encoded, bytes.Length);
            using var codec = SKCodec.Create(data)
                ?? throw NotAnImage(source);
            var (height, width) = (codec.Info.Height, codec.Info.Width);
            ImageLimits.Check(height, width, $"Image '{source}'");
            if ((long)height * width > ImageKinds.MostPixels(bytes))
                throw new InvalidDataException(
                    $"Image '{source}' says it is {height} x {width} pixels (height x width), more than a file of {bytes.Length} bytes can hold: it is cut off or damaged. " +
                    "Copy it again.");

            var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
            using var file = new UnmanagedMemoryStream(encoded, bytes.Length);
            var orientation = ImageOrientation.Of(codec, file);
            var size = atLeast is { } enough ? Reduced(codec, orientation.Turn(enough.Height, enough.Width)) : codec.Info.Size;
            bool rentStored = rent || !orientation.IsUpright; // pixels that are turned yet live no longer than this call
            var image = rentStored ? PixelImage.Rent(size.Height, size.Width) : new PixelImage(size.Height, size.Width);
            SKCodecResult result;
            fixed (byte* pixels = image.Bgra)
                result = codec.GetPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Bgra8888, alpha), (nint)pixels);
            if (result == SKCodecResult.Success)
            {
                if (!orientation.IsUpright)
                    image = Turned(image, orientation, rent);
                (image.FullHeight, image.FullWidth) = orientation.Turn(height, width);
                image.IsTurned = !orientation.IsUpright;
                return image;
            }

            image.Dispose();
            throw new InvalidDataException(result == SKCodecResult.IncompleteInput
                ? $"Image '{source}' ends before its last row: the file is cut off. Copy it again."
                : $"Image '{source}' is damaged: its {codec.EncodedFormat} data cannot be decoded ({result}). Copy it again.");
        }
    }

    /// <summary>Writes a PNG, RGB when every pixel is opaque and RGBA otherwise; the file appears whole or not at all.</summary>
    public static void SavePng(PixelImage image, string path) => PictureEncoder.Save(image, path, PictureFormat.Png);

    private static PixelImage Turned(PixelImage image, ImageOrientation orientation, bool rent)
    {
        using var stored = image;
        var (height, width) = orientation.Turn(stored.Height, stored.Width);
        var shown = rent ? PixelImage.Rent(height, width) : new PixelImage(height, width);
        var from = MemoryMarshal.Cast<byte, uint>(stored.Bgra);
        var to = MemoryMarshal.Cast<byte, uint>(shown.Bgra);
        orientation.Apply<uint>(from, stored.Height, stored.Width, to);
        return shown;
    }

    // In a JPEG's blocks of 8 x 8, a half, a quarter and an eighth are the means of pixels, at a part of the work.
    private static SKSizeI Reduced(SKCodec codec, (int Height, int Width) enough)
    {
        if (codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
        {
            foreach (float scale in (float[])[0.125f, 0.25f, 0.5f])
            {
                if (codec.GetScaledDimensions(scale) is var size && size.Height >= enough.Height && size.Width >= enough.Width)
                    return size;
            }
        }

        return codec.Info.Size;
    }

    private static InvalidDataException NotAnImage(string source) =>
        new InvalidDataException($"'{source}' is not an image that can be read, or its beginning is damaged. Give a PNG, JPEG, WebP, BMP or GIF file.");
}
