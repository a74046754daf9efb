// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

public sealed partial class SegmentationMask
{
    /// <summary>Reads a gray or palette PNG of class ids.</summary>
    /// <param name="path">The file; 1 to 16 bits a pixel.</param>
    /// <param name="labels">What the file's ids mean; every id in the file must be known to it.</param>
    /// <param name="ids">Which ids the file holds.</param>
    /// <returns>The mask, in train ids.</returns>
    /// <remarks>Time and memory are in proportion to the pixels that the file holds; <see cref="ImageLimits.MaxPixels"/> bounds them.</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no mask, is damaged, or holds an id that the map does not know.</exception>
    public static SegmentationMask Load(string path, LabelMap labels, MaskIds ids = MaskIds.Raw) => MaskCodec.Load(path, labels, ids);

    /// <summary>Reads a gray or palette PNG of class ids from what is left of a stream.</summary>
    /// <param name="stream">Holds one file; stays open.</param>
    /// <param name="labels">What the file's ids mean; every id in the file must be known to it.</param>
    /// <param name="ids">Which ids the file holds.</param>
    /// <returns>The mask, in train ids.</returns>
    /// <exception cref="InvalidDataException">It is no mask, is damaged, or holds an id that the map does not know.</exception>
    public static SegmentationMask Load(Stream stream, LabelMap labels, MaskIds ids = MaskIds.Raw) => MaskCodec.Load(stream, "stream", labels, ids);

    /// <summary>Writes the ids as an 8-bit palette PNG in the label map's colours, which <see cref="Load(string, LabelMap, MaskIds)"/> reads back.</summary>
    /// <remarks>Raw ids are written as a 16-bit gray PNG where the map has a class with one above 255.</remarks>
    /// <param name="path">The file to write; an earlier one is replaced. It is a PNG, so a name that ends as another image format does is refused.</param>
    /// <param name="ids">Which ids to write; a mask without a label map has only its own.</param>
    /// <exception cref="ArgumentException">The mask holds an id that has no raw id in the label map, or the name ends as another image format does.</exception>
    public void Save(string path, MaskIds ids = MaskIds.Raw) => MaskCodec.Save(this, path, ids);

    /// <summary>Writes the PNG of <see cref="Save(string, MaskIds)"/> to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <param name="ids">Which ids to write; a mask without a label map has only its own.</param>
    /// <exception cref="ArgumentException">The mask holds an id that has no raw id in the label map, or the stream cannot be written to.</exception>
    public void Save(Stream stream, MaskIds ids = MaskIds.Raw)
    {
        OutputStream.Check(stream);
        MaskCodec.Write(this, stream, ids);
    }

    /// <summary>The bytes of the PNG that <see cref="Save(string, MaskIds)"/> writes.</summary>
    /// <param name="ids">Which ids to write; a mask without a label map has only its own.</param>
    /// <exception cref="ArgumentException">The mask holds an id that has no raw id in the label map.</exception>
    public byte[] ToPng(MaskIds ids = MaskIds.Raw) => OutputStream.ToBytes(stream => Save(stream, ids));

    /// <summary>Writes a picture for people: each class in its colour, 255 black.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <param name="format">PNG or JPEG; null for what the file's name ends in.</param>
    /// <exception cref="ArgumentException">Neither the name nor the format says how to write it.</exception>
    public void SaveColor(string path, PictureFormat? format = null) => PictureEncoder.Save(Colorize(), path, format);

    /// <summary>Writes the picture of <see cref="SaveColor(string, PictureFormat?)"/> to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public void SaveColor(Stream stream, PictureFormat format = PictureFormat.Png)
    {
        OutputStream.Check(stream);
        PictureEncoder.Write(Colorize(), stream, format);
    }

    /// <summary>The bytes of the PNG that <see cref="SaveColor(Stream, PictureFormat)"/> writes.</summary>
    public byte[] ToColorPng() => OutputStream.ToBytes(stream => SaveColor(stream));

    /// <summary>Writes a picture for people: the image with each class's colour laid over it. Pixels of id 255 stay as they are.</summary>
    /// <param name="imagePath">The image, of the mask's size.</param>
    /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG; null for what the file's name ends in.</param>
    /// <exception cref="ArgumentException">Neither the name nor the format says how to write it.</exception>
    /// <exception cref="FileNotFoundException">There is no such image.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public void SaveOverlay(string imagePath, string outputPath, double opacity = 0.5, PictureFormat? format = null)
    {
        CheckOpacity(opacity);
        var chosen = format ?? PictureEncoder.FormatOf(outputPath);
        using var image = ImageCodec.Decode(imagePath, rent: true);
        PictureEncoder.Save(Overlay(image, Path.GetFileName(imagePath), opacity), outputPath, chosen);
    }

    /// <summary>Writes a picture for people to a stream: the image with each class's colour laid over it.</summary>
    /// <param name="imagePath">The image, of the mask's size.</param>
    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    /// <exception cref="FileNotFoundException">There is no such image.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public void SaveOverlay(string imagePath, Stream output, double opacity = 0.5, PictureFormat format = PictureFormat.Png)
    {
        CheckOpacity(opacity);
        OutputStream.Check(output);
        using var image = ImageCodec.Decode(imagePath, rent: true);
        PictureEncoder.Write(Overlay(image, Path.GetFileName(imagePath), opacity), output, format);
    }

    /// <summary>Writes a picture for people to a stream: an encoded image with each class's colour laid over it.</summary>
    /// <param name="image">Holds one encoded image, of the mask's size; stays open.</param>
    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public void SaveOverlay(Stream image, Stream output, double opacity = 0.5, PictureFormat format = PictureFormat.Png)
    {
        CheckOpacity(opacity);
        OutputStream.Check(output);
        using var decoded = ImageCodec.Decode(image, "stream", rent: true);
        PictureEncoder.Write(Overlay(decoded, "stream", opacity), output, format);
    }

    /// <summary>Writes a picture for people to a stream: an encoded image with each class's colour laid over it.</summary>
    /// <param name="image">One encoded image, of the mask's size.</param>
    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public void SaveOverlay(ReadOnlySpan<byte> image, Stream output, double opacity = 0.5, PictureFormat format = PictureFormat.Png)
    {
        CheckOpacity(opacity);
        OutputStream.Check(output);
        using var decoded = ImageCodec.Decode(image, "bytes", rent: true);
        PictureEncoder.Write(Overlay(decoded, "bytes", opacity), output, format);
    }

    /// <summary>Writes a picture for people to a stream: a decoded image with each class's colour laid over it.</summary>
    /// <param name="image">The image, of the mask's size; it stays the caller's.</param>
    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to, or the image has a pixel format that is not read.</exception>
    /// <exception cref="InvalidDataException">The image has another size than the mask.</exception>
    public void SaveOverlay(MLImage image, Stream output, double opacity = 0.5, PictureFormat format = PictureFormat.Png)
    {
        CheckOpacity(opacity);
        OutputStream.Check(output);
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        PictureEncoder.Write(Overlay(pixels, image.Tag, opacity), output, format);
    }

    /// <summary>The image with the mask's colours laid over it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">How messages name it; null when it has no name.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    internal PixelImage Overlay(PixelImage image, string? source, double opacity)
    {
        CheckOpacity(opacity);
        CheckSize(image, source, this);
        return MaskPixels.Overlay(image, _ids, ColorPalette.ForTrainIds(Labels), opacity);
    }

    /// <exception cref="InvalidDataException">The image has another size than the mask.</exception>
    internal static void CheckSize(PixelImage image, string? source, SegmentationMask mask)
    {
        if (image.Height != mask.Height || image.Width != mask.Width)
            throw new InvalidDataException(
                $"{(source is null ? "The image" : $"Image '{source}'")} is {image.Height} x {image.Width} pixels (height x width), the mask {mask.Height} x {mask.Width}. " +
                "Give the image that the mask belongs to.");
    }

    private PixelImage Colorize() => MaskPixels.Colorize(_ids, Height, Width, ColorPalette.ForTrainIds(Labels));

    private static void CheckOpacity(double opacity)
    {
        if (!(opacity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "The opacity is a share from 0 to 1.");
    }
}
