// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A colour and what it means.</summary>
internal static class PageKey
{
    public static string Of(RgbColor color, string name) => $"<span class=\"key\">{HtmlPage.Swatch(color)}{HtmlPage.Name(name)}</span> ";
}
