// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The pictures of one image, small and encoded: what is shown is the photograph with one of the others laid over it.</summary>
/// <remarks>A photograph is a JPEG; classes, errors and confidence have few colours and hard edges, and are PNG.</remarks>
internal sealed class ImageLayers
{
    private const uint Right = 0x78000000; // black, half transparent: what is right is darkened, so that what is wrong stands out
    private const int ConfidenceSteps = 32;

    private static readonly uint _wrong = Opaque(ErrorPixels.Wrong), _ignored = Opaque(ErrorPixels.Ignored);

    private ImageLayers(int height, int width) => (Height, Width) = (height, width);

    /// <summary>Rows and columns of the pictures.</summary>
    public int Height { get; }

    public int Width { get; }

    /// <summary>The photograph as a data address; null where there is none.</summary>
    public string? Photo { get; private init; }

    public required string Truth { get; init; }

    public required string Prediction { get; init; }

    public required string Errors { get; init; }

    /// <summary>Null where it is not known.</summary>
    public string? Confidence { get; private init; }

    /// <summary>Characters in the page.</summary>
    public long Length => (Photo?.Length ?? 0L) + Truth.Length + Prediction.Length + Errors.Length + (Confidence?.Length ?? 0);

    /// <param name="image">The image.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="longest">The longer side of the pictures at most, in pixels.</param>
    /// <exception cref="InvalidDataException">The image cannot be decoded, or the masks are of two sizes.</exception>
    public static ImageLayers Of(SegmentationReportImage image, LabelMap labels, int longest)
    {
        var (truth, prediction) = (image.Truth, image.Prediction);
        if ((truth.Height, truth.Width) != (prediction.Height, prediction.Width))
            throw new InvalidDataException(
                $"The prediction is {prediction.Height} x {prediction.Width} pixels (height x width), its label {truth.Height} x {truth.Width}. They must be of one size.");
        double scale = Math.Min(1, (double)longest / Math.Max(truth.Height, truth.Width));
        int height = Math.Max(1, (int)Math.Round(truth.Height * scale)), width = Math.Max(1, (int)Math.Round(truth.Width * scale));
        byte[] actual = Resampling.Nearest(truth.Ids, truth.Height, truth.Width, height, width);
        byte[] predicted = Resampling.Nearest(prediction.Ids, truth.Height, truth.Width, height, width);
        var palette = ColorPalette.ForTrainIds(labels);
        return new ImageLayers(height, width)
        {
            Photo = image.ImagePath is { } path ? PhotoOf(path, height, width) : null,
            Truth = PaletteOf(actual, height, width, palette.Colors),
            Prediction = PaletteOf(predicted, height, width, palette.Colors),
            Errors = ErrorsOf(actual, predicted, height, width, labels.ClassCount),
            Confidence = image.Confidence.IsEmpty ? null : ConfidenceOf(image.Confidence.Span, truth.Height, truth.Width, height, width),
        };
    }

    private static string PhotoOf(string path, int height, int width)
    {
        using var decoded = ImageCodec.Decode(path, (height, width), rent: true);
        var small = Resampling.Resize(decoded, height, width, ResamplingFilter.Bilinear);
        using var encoded = new MemoryStream();
        PictureEncoder.Write(small, encoded, PictureFormat.Jpeg);
        return AddressOf(encoded, "image/jpeg");
    }

    private static string PaletteOf(byte[] ids, int height, int width, ReadOnlySpan<RgbColor> colors)
    {
        using var encoded = new MemoryStream();
        PngIndexWriter.Write(encoded, ids, table: [], height, width, colors);
        return AddressOf(encoded, "image/png");
    }

    /// <summary>Where a mask agrees with the truth, as a data address: what is right is darkened.</summary>
    /// <param name="actual">True ids.</param>
    /// <param name="predicted">One id for each of them.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="classes">The first id that does not count.</param>
    public static string ErrorsOf(byte[] actual, byte[] predicted, int height, int width, int classes)
    {
        var image = new PixelImage(height, width);
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        for (int i = 0; i < actual.Length; i++)
            pixels[i] = actual[i] >= classes ? _ignored : actual[i] == predicted[i] ? Right : _wrong;
        using var encoded = new MemoryStream();
        PictureEncoder.Write(image, encoded, PictureFormat.Png);
        return AddressOf(encoded, "image/png");
    }

    private static string ConfidenceOf(ReadOnlySpan<float> confidence, int height, int width, int rows, int columns)
    {
        var full = new byte[height * width];
        for (int i = 0; i < full.Length; i++)
            full[i] = (byte)Math.Clamp((int)(confidence[i] * ConfidenceSteps), 0, ConfidenceSteps - 1); // a NaN is no confidence
        var colors = new RgbColor[256];
        for (int i = 0; i < ConfidenceSteps; i++)
            colors[i] = ColorRamp.At((i + 0.5) / ConfidenceSteps);
        return PaletteOf(Resampling.Nearest(full, height, width, rows, columns), rows, columns, colors);
    }

    private static uint Opaque(RgbColor color) => 0xFF000000u | (uint)color.R << 16 | (uint)color.G << 8 | color.B;

    private static string AddressOf(MemoryStream encoded, string type) => $"data:{type};base64,{Convert.ToBase64String(encoded.GetBuffer(), 0, (int)encoded.Length)}";
}
