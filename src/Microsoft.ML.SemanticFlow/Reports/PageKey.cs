// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A colour and what it means.</summary>
internal static class PageKey
{
    public static string Of(RgbColor color, string name) => $"<span class=\"key\">{Swatch(color)}{HtmlPage.Text(name)}</span> ";

    public static string Swatch(RgbColor color) => string.Create(CultureInfo.InvariantCulture,
        $"<span class=\"swatch\" style=\"background:#{color.R:x2}{color.G:x2}{color.B:x2}\"></span>");
}
