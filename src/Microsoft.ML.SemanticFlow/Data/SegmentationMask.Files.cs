// Licensed under the MIT License.
// See LICENSE in the project root for license information.

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

    /// <summary>Writes the ids as an 8-bit palette PNG in the label map's colours, which <see cref="Load"/> reads back.</summary>
    /// <remarks>Raw ids are written as a 16-bit gray PNG where the map has a class with one above 255.</remarks>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <param name="ids">Which ids to write; a mask without a label map has only its own.</param>
    /// <exception cref="ArgumentException">The mask holds an id that has no raw id in the label map.</exception>
    public void Save(string path, MaskIds ids = MaskIds.Raw) => MaskCodec.Save(this, path, ids);

    /// <summary>Writes a picture for people: an RGB PNG with each class in its colour, 255 black.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    public void SaveColor(string path) =>
        ImageCodec.SavePng(MaskPainter.Colorize(_ids, Height, Width, ColorPalette.ForTrainIds(Labels)), path);

    /// <summary>Writes a picture for people: the image with each class's colour laid over it, as PNG. Pixels of id 255 stay as they are.</summary>
    /// <param name="imagePath">The image, of the mask's size.</param>
    /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <exception cref="FileNotFoundException">There is no such image.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public void SaveOverlay(string imagePath, string outputPath, double opacity = 0.5)
    {
        CheckOpacity(opacity);
        using var image = ImageCodec.Decode(imagePath, rent: true);
        if (image.Height != Height || image.Width != Width)
            throw new InvalidDataException($"Image '{Path.GetFileName(imagePath)}' is {image.Height} x {image.Width} pixels (height x width), the mask {Height} x {Width}. Give the image that the mask belongs to.");
        SaveOverlay(image, outputPath, opacity);
    }

    /// <summary>As the public one does, for an image of the mask's size.</summary>
    internal void SaveOverlay(PixelImage image, string outputPath, double opacity)
    {
        CheckOpacity(opacity);
        ImageCodec.SavePng(MaskPainter.Overlay(image, _ids, ColorPalette.ForTrainIds(Labels), opacity), outputPath);
    }

    private static void CheckOpacity(double opacity)
    {
        if (!(opacity is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "The opacity is a share from 0 to 1.");
    }
}
