// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A picture for people: an image as it was read, or what <see cref="MaskPainter"/> made of one and its mask.</summary>
/// <remarks>Immutable and owned by the garbage collector; 4 bytes a pixel.</remarks>
/// <example>
/// <code>
/// SegmentationPicture overlay = new MaskPainter().Overlay(mask, "street.png");
/// overlay.WithTitle("street").Save("street.jpg");
/// byte[] png = overlay.Shrink(longestSide: 48).ToBytes();
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "Paths, streams and bytes tell the overloads apart.")]
public sealed class SegmentationPicture
{
    internal SegmentationPicture(PixelImage pixels, string? source = null) => (Pixels, Source) = (pixels, source);

    /// <summary>Rows.</summary>
    public int Height => Pixels.Height;

    /// <summary>Columns.</summary>
    public int Width => Pixels.Width;

    /// <summary>The colour of one pixel.</summary>
    /// <param name="row">0 at the top.</param>
    /// <param name="column">0 at the left.</param>
    public RgbColor this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Height);
            ArgumentOutOfRangeException.ThrowIfNegative(column);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Width);
            var pixel = Pixels.Bgra.Slice(((row * Width) + column) * 4, 3);
            return new RgbColor(pixel[2], pixel[1], pixel[0]);
        }
    }

    /// <summary>Nobody writes to them.</summary>
    internal PixelImage Pixels { get; }

    /// <summary>How messages name the image; null when it has no name.</summary>
    internal string? Source { get; }

    /// <summary>Reads an image as every viewer shows it.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no image, or is damaged.</exception>
    public static SegmentationPicture Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new SegmentationPicture(ImageCodec.Decode(path), Path.GetFileName(path));
    }

    /// <summary>Reads an image from what is left of a stream.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <exception cref="InvalidDataException">The stream holds no image, or a damaged one.</exception>
    public static SegmentationPicture Load(Stream stream) => new(ImageCodec.Decode(stream, "stream"));

    /// <summary>Reads an image from the bytes of its file.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <exception cref="InvalidDataException">The bytes are no image, or a damaged one.</exception>
    public static SegmentationPicture Load(ReadOnlySpan<byte> bytes) => new(ImageCodec.Decode(bytes, "bytes"));

    /// <summary>Copies an image of ML.NET.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <exception cref="ArgumentException">The image has a pixel format that is not read.</exception>
    public static SegmentationPicture FromImage(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new SegmentationPicture(MLImageConversion.ToPixels(image), image.Tag);
    }

    /// <summary>Writes the picture; the file appears whole or not at all.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <param name="format">PNG or JPEG; null for what the file's name ends in.</param>
    /// <exception cref="ArgumentException">Neither the name nor the format says how to write it.</exception>
    public void Save(string path, PictureFormat? format = null) => PictureEncoder.Save(Pixels, path, format);

    /// <summary>Writes the picture to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public void Save(Stream stream, PictureFormat format = PictureFormat.Png)
    {
        OutputStream.Check(stream);
        PictureEncoder.Write(Pixels, stream, format);
    }

    /// <summary>The bytes of the file that <see cref="Save(Stream, PictureFormat)"/> writes.</summary>
    /// <param name="format">PNG or JPEG.</param>
    public byte[] ToBytes(PictureFormat format = PictureFormat.Png) => OutputStream.ToBytes(stream => Save(stream, format));

    /// <summary>The picture as an image of ML.NET; dispose it.</summary>
    public MLImage ToMLImage() => MLImageConversion.ToMLImage(Pixels);

    /// <summary>The picture made smaller, so that no side is longer.</summary>
    /// <param name="longestSide">The most pixels of a side, at least 1.</param>
    /// <returns>Itself when it is small enough.</returns>
    public SegmentationPicture Shrink(int longestSide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(longestSide);
        int longest = Math.Max(Height, Width);
        return longest <= longestSide ? this
            : new SegmentationPicture(Resampling.Resize(Pixels, Scaled(Height), Scaled(Width), ResamplingFilter.Bilinear), Source);

        int Scaled(int side) => Math.Max(1, (int)Math.Round((double)side * longestSide / longest));
    }

    /// <summary>The picture with a line of text above it.</summary>
    /// <param name="title">The text: one line, at most 60 characters of it.</param>
    /// <param name="textSize">Of its letters, in pixels; null for one that goes with the picture.</param>
    public SegmentationPicture WithTitle(string title, int? textSize = null)
    {
        ArgumentNullException.ThrowIfNull(title);
        if (textSize is { } size)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(textSize));
        return new SegmentationPicture(PictureLegend.AddTitle(Pixels, title, textSize ?? PictureLegend.SizeFor(Height, Width)), Source);
    }

    /// <summary>Lays pictures out in rows on white, each column as wide as its widest picture.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="columns">Pictures in a row, at least 1.</param>
    /// <param name="gap">Pixels between them.</param>
    /// <exception cref="ArgumentException">There is no picture, or together they have more pixels than a picture may have.</exception>
    public static SegmentationPicture Grid(IReadOnlyList<SegmentationPicture> pictures, int columns, int gap = 4)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        if (pictures.Count == 0)
            throw new ArgumentException("There is no picture to lay out. Give at least one.", nameof(pictures));
        return new SegmentationPicture(PictureGrid.Of([.. pictures.Select(picture => picture.Pixels)], columns, gap));
    }

    /// <summary>Its size, such as "360 x 480 (height x width)".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height} x {Width} (height x width)");
}
