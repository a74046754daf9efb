// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Makes pictures for people of masks and of what a model thinks of an image.</summary>
/// <remarks>Immutable: threads may share one. Colours are those of a mask's label map, and generated ones where it has none.</remarks>
/// <example>
/// <code>
/// var painter = new MaskPainter(new MaskPainterOptions { Opacity = 0.6, Legend = LegendPlacement.Right });
/// painter.Overlay(mask, "street.png").Save("street-overlay.png");
/// painter.Errors(truth, mask).Save("street-errors.png");
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "Pictures, paths, streams and images tell the overloads apart.")]
public sealed class MaskPainter
{
    /// <summary>Sets how to draw.</summary>
    /// <param name="options">How; null for the defaults.</param>
    public MaskPainter(MaskPainterOptions? options = null) => Options = options ?? new MaskPainterOptions();

    /// <summary>How it draws.</summary>
    public MaskPainterOptions Options { get; }

    /// <summary>Each class in its colour, ignored pixels black; with contours and a legend where the options ask for them.</summary>
    /// <param name="mask">The mask.</param>
    public SegmentationPicture Colors(SegmentationMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var palette = ColorPalette.ForTrainIds(mask.Labels);
        var picture = MaskPixels.Colorize(mask.Ids, mask.Height, mask.Width, palette);
        return Finish(picture, mask, palette, listsIgnored: true);
    }

    /// <summary>The image with each class's colour laid over it; ignored pixels stay as they are.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="image">The image, of the mask's size.</param>
    /// <exception cref="InvalidDataException">The image has another size than the mask.</exception>
    public SegmentationPicture Overlay(SegmentationMask mask, SegmentationPicture image)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(image);
        return Finish(mask.Overlay(image.Pixels, image.Source, Options.Opacity), mask, ColorPalette.ForTrainIds(mask.Labels), listsIgnored: false);
    }

    /// <summary>The image with each class's colour laid over it; ignored pixels stay as they are.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="imagePath">The image, of the mask's size: a PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <exception cref="FileNotFoundException">There is no such image.</exception>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public SegmentationPicture Overlay(SegmentationMask mask, string imagePath) => Overlay(mask, SegmentationPicture.Load(imagePath));

    /// <summary>The image with each class's colour laid over it; ignored pixels stay as they are.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="image">Holds one encoded image, of the mask's size; stays open.</param>
    /// <exception cref="InvalidDataException">The image cannot be read, or has another size than the mask.</exception>
    public SegmentationPicture Overlay(SegmentationMask mask, Stream image) => Overlay(mask, SegmentationPicture.Load(image));

    /// <summary>The image with each class's colour laid over it; ignored pixels stay as they are.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="image">The image, of the mask's size; it stays the caller's.</param>
    /// <exception cref="ArgumentException">The image has a pixel format that is not read.</exception>
    /// <exception cref="InvalidDataException">The image has another size than the mask.</exception>
    public SegmentationPicture Overlay(SegmentationMask mask, MLImage image) => Overlay(mask, SegmentationPicture.FromImage(image));

    /// <summary>The image of a prediction with each class's colour laid over it.</summary>
    /// <param name="prediction">A prediction with <see cref="PredictionDetails.Image"/>.</param>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public SegmentationPicture Overlay(SegmentationPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return Overlay(prediction.Mask, prediction.Image);
    }

    /// <summary>Where a mask differs from the truth: light where it is right, red where it is wrong, blue-gray where the truth does not count.</summary>
    /// <param name="truth">The true mask.</param>
    /// <param name="prediction">The mask to judge, of the same size. A pixel that it ignores is wrong where the truth has a class.</param>
    /// <param name="image">What is seen, in light gray, where the mask is right; null for none.</param>
    /// <exception cref="InvalidDataException">The sizes differ.</exception>
    public SegmentationPicture Errors(SegmentationMask truth, SegmentationMask prediction, SegmentationPicture? image = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(prediction);
        if ((truth.Height, truth.Width) != (prediction.Height, prediction.Width))
            throw new InvalidDataException(
                $"The true mask is {truth.Height} x {truth.Width} pixels (height x width), the one to judge {prediction.Height} x {prediction.Width}. Give two of one image.");
        if (image is not null)
            SegmentationMask.CheckSize(image.Pixels, image.Source, truth);
        var picture = ErrorPixels.Paint(truth.Ids, prediction.Ids, truth.Height, truth.Width, image?.Pixels);
        if (Options.Legend is null)
            return new SegmentationPicture(picture);
        var (counted, wrong) = ErrorPixels.Count(truth.Ids, prediction.Ids);
        var entries = new List<(RgbColor, string)> { (ErrorPixels.Right, $"right {Percent(counted - wrong, counted)}"), (ErrorPixels.Wrong, $"wrong {Percent(wrong, counted)}") };
        if (counted < truth.Ids.Length)
            entries.Add((ErrorPixels.Ignored, $"ignored {Percent(truth.Ids.Length - counted, truth.Ids.Length)} of all"));
        return AddLegend(picture, entries);
    }

    /// <summary>The probability of each pixel's class: dark blue for 0, over green to yellow for 1.</summary>
    /// <param name="prediction">A prediction with <see cref="PredictionDetails.Confidence"/>.</param>
    /// <exception cref="InvalidOperationException">Confidence was not asked for.</exception>
    public SegmentationPicture Confidence(SegmentationPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return Map(prediction.Confidence, prediction.Mask.Height, prediction.Mask.Width);
    }

    /// <summary>
    /// The learned flow field at the image's size, as the papers' figures show it: the direction gives the hue (right red, down yellow, left blue-green, up violet),
    /// the length how full it is.
    /// </summary>
    /// <param name="flow">The field.</param>
    /// <param name="longest">The length of the full colour, in pixels of the image; null for that of the longest vector.</param>
    public SegmentationPicture Flow(SegmentationFlow flow, double? longest = null)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (longest is not (null or > 0))
            throw new ArgumentOutOfRangeException(nameof(longest), longest, "The length of the full colour is above 0.");
        double full = longest ?? flow.LongestVector;
        var picture = FlowWheel.Paint(flow.X, flow.Y, flow.Height, flow.Width, flow.ImageHeight, flow.ImageWidth, full > 0 ? full : 1);
        string length = string.Create(CultureInfo.InvariantCulture, $"{full:0.#} pixels");
        return AddLegend(picture, [
            (FlowWheel.At(1, 0), $"→ {length}"), (FlowWheel.At(0, 1), "↓"), (FlowWheel.At(-1, 0), "←"), (FlowWheel.At(0, -1), "↑"), (FlowWheel.At(0, 0), "none")]);
    }

    /// <summary>Numbers of an image as colours: dark blue for the low end, over green to yellow for the high one.</summary>
    /// <param name="values">One a pixel, row by row; numbers outside of the range count as its nearer end.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="low">The low end.</param>
    /// <param name="high">The high end, above the low one.</param>
    /// <exception cref="ArgumentException">There is another number of values, or the range is empty.</exception>
    public SegmentationPicture Map(ReadOnlySpan<float> values, int height, int width, float low = 0, float high = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (values.Length != (long)height * width)
            throw new ArgumentException($"A picture of {height} x {width} needs {(long)height * width} numbers, not {values.Length}.", nameof(values));
        if (!(high - low > 0) || !float.IsFinite(high - low))
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The range from {low} to {high} is empty or has no end. Give two numbers, the lesser first."), nameof(high));
        const int Marks = 5;
        var entries = Enumerable.Range(0, Marks).Select(i => 1 - (i / (Marks - 1.0)))
            .Select(share => (ColorRamp.At(share), string.Create(CultureInfo.InvariantCulture, $"{low + (share * ((double)high - low)):0.##}")));
        return AddLegend(ColorRamp.Paint(values, height, width, low, high), [.. entries]);
    }

    /// <summary>Pictures in one row, in the order given.</summary>
    /// <param name="pictures">At least one; <see cref="SegmentationPicture.WithTitle(string, int?)"/> names them.</param>
    /// <exception cref="ArgumentException">There is no picture, or together they have more pixels than a picture may have.</exception>
    public SegmentationPicture SideBySide(params IReadOnlyList<SegmentationPicture> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return SegmentationPicture.Grid(pictures, Math.Max(1, pictures.Count), Options.Gap);
    }

    private SegmentationPicture Finish(PixelImage picture, SegmentationMask mask, ColorPalette palette, bool listsIgnored)
    {
        if (Options.Contour is { } contour)
            MaskContours.Draw(picture, mask.Ids, contour.Width, id => contour.Color ?? palette[id]);
        if (Options.Legend is null)
            return new SegmentationPicture(picture);
        Span<bool> occurs = stackalloc bool[256];
        foreach (byte id in mask.Ids)
            occurs[id] = true;
        var entries = new List<(RgbColor, string)>();
        for (int id = 0; id < LabelMap.IgnoreId; id++)
        {
            if (occurs[id])
                entries.Add((palette[(byte)id], id < mask.Labels?.ClassCount ? mask.Labels.Classes[id].Name : string.Create(CultureInfo.InvariantCulture, $"class {id}")));
        }

        if (listsIgnored && occurs[LabelMap.IgnoreId])
            entries.Add((palette[LabelMap.IgnoreId], "ignored"));
        return AddLegend(picture, entries);
    }

    private SegmentationPicture AddLegend(PixelImage picture, IReadOnlyList<(RgbColor Color, string Text)> entries) => new(Options.Legend is { } placement
        ? PictureLegend.Add(picture, entries, placement == LegendPlacement.Below, Options.TextSize ?? PictureLegend.SizeFor(picture.Height, picture.Width))
        : picture);

    private static string Percent(int part, int whole) => whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:f1} %");
}
