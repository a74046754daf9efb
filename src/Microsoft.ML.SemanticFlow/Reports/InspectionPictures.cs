// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Images beside what their labels say of them, small. What cannot be read is left out: the page says elsewhere why.</summary>
internal sealed class InspectionPictures(LabelFiles files)
{
    private const double Opacity = 0.6;
    private const byte Unknown = LabelMap.IgnoreId - 1;

    /// <summary>An image, and itself under its label's colours.</summary>
    /// <param name="imagePath">The image.</param>
    /// <param name="labelPath">Its label, or another image; null for none.</param>
    /// <param name="mark">A pixel of the label to show.</param>
    /// <returns>None, one or two.</returns>
    public string Draw(string imagePath, string? labelPath, (int Row, int Column)? mark = null)
    {
        using var image = TryDecode(imagePath);
        string first = image is null ? "" : ReportPicture.Of(image).ToHtml(Path.GetFileName(imagePath));
        if (labelPath is null)
            return first;
        string second = TryLoad(labelPath) is { } mask ? Labelled(image, mask, mark).ToHtml("its label")
            : TryDecode(labelPath) is { } other ? ReportPicture.Of(other, mark).ToHtml(Path.GetFileName(labelPath)) // one in colours, or an image
            : "";
        return first + second;
    }

    private static ReportPicture Labelled(PixelImage? image, SegmentationMask mask, (int Row, int Column)? mark)
    {
        if (image is null || (image.Height, image.Width) != (mask.Height, mask.Width))
            return ReportPicture.Of(MaskPixels.Colorize(mask.Ids, mask.Height, mask.Width, ColorPalette.ForTrainIds(mask.Labels)), mark);
        return ReportPicture.Of(mask.Overlay(image, source: null, Opacity), mark);
    }

    private SegmentationMask? TryLoad(string path)
    {
        try
        {
            return files.Load(path);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            return TryLoadIds(path);
        }
    }

    // Unknown ids get a colour of no class.
    private SegmentationMask? TryLoadIds(string path)
    {
        try
        {
            var png = PngIndexReader.Read(path);
            return png.BitDepth == 16 ? null : new SegmentationMask(png.Height, png.Width, Array.ConvertAll(png.Samples, Translate), files.Labels);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            return null;
        }
    }

    private byte Translate(byte id) => files.Ids == MaskIds.Raw
        ? files.Labels.TryGetTrainId(id, out byte trainId) ? trainId : Unknown
        : id;

    private static PixelImage? TryDecode(string path)
    {
        try
        {
            return ImageCodec.Decode(path);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            return null;
        }
    }
}
