// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A large picture in a page, as part of its file.</summary>
internal static class PagePicture
{
    private const int Longest = 960;        // as wide as two thirds of a page, for screens of high density

    /// <summary>A picture with a line below it.</summary>
    /// <param name="picture">The picture, which is made smaller where it is larger than a page shows.</param>
    /// <param name="caption">What it shows; text.</param>
    /// <param name="isPhotograph">Whether it is packed as a JPEG and not as a PNG.</param>
    public static string Figure(SegmentationPicture picture, string caption, bool isPhotograph)
    {
        var small = picture.Shrink(Longest);
        var format = isPhotograph ? PictureFormat.Jpeg : PictureFormat.Png;
        string data = Convert.ToBase64String(small.ToBytes(format));
        return FormattableString.Invariant($"<figure class=\"large\"><img alt=\"{HtmlPage.Text(caption)}\" width=\"{small.Width}\" height=\"{small.Height}\" ") +
            $"src=\"data:image/{(isPhotograph ? "jpeg" : "png")};base64,{data}\" /><figcaption>{HtmlPage.Text(caption)}</figcaption></figure>\n";
    }
}
