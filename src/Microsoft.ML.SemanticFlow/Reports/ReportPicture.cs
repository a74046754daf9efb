// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A small picture in a page.</summary>
internal sealed class ReportPicture
{
    private const int Longest = 272;

    private readonly int _height;
    private readonly int _width;
    private readonly string _data;
    private readonly (double X, double Y)? _mark;

    private ReportPicture(PixelImage small, (double X, double Y)? mark)
    {
        (_height, _width, _mark) = (small.Height, small.Width, mark);
        using var encoded = new MemoryStream();
        PictureEncoder.Write(small, encoded, PictureFormat.Jpeg);
        _data = Convert.ToBase64String(encoded.GetBuffer(), 0, (int)encoded.Length);
    }

    /// <summary>The size of the picture of an image.</summary>
    public static (int Height, int Width) SizeOf(int height, int width)
    {
        double scale = Math.Min(1, (double)Longest / Math.Max(height, width));
        return (Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale)));
    }

    /// <param name="image">The image in any size.</param>
    /// <param name="mark">Row and column of a pixel to show, in the image's size; null for none.</param>
    public static ReportPicture Of(PixelImage image, (int Row, int Column)? mark = null)
    {
        var (height, width) = SizeOf(image.Height, image.Width);
        var small = Resampling.Resize(image, height, width, ResamplingFilter.Bilinear);
        return new ReportPicture(small, mark is var (row, column) ? ((column + 0.5) * width / image.Width, (row + 0.5) * height / image.Height) : null);
    }

    /// <summary>As it stands in the page.</summary>
    /// <param name="what">What it shows, for who cannot see it.</param>
    public string ToHtml(string what)
    {
        string circle = _mark is var (x, y) ? string.Create(CultureInfo.InvariantCulture, $"<circle class=\"mark\" cx=\"{x:f1}\" cy=\"{y:f1}\" r=\"12\" />") : "";
        return $"<svg role=\"img\" aria-label=\"{HtmlPage.Text(what)}\" viewBox=\"0 0 {_width} {_height}\" width=\"{_width}\" height=\"{_height}\"><image " +
            $"href=\"data:image/jpeg;base64,{_data}\" width=\"{_width}\" height=\"{_height}\" />{circle}</svg>";
    }
}
