// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Reports;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests;

[TestClass]
public sealed class ComparisonPageTests
{
    [TestMethod]
    [DataRow(ColorScheme.Light, 390)]
    [DataRow(ColorScheme.Dark, 1440)]
    public async Task Page_EitherTheme_IsAccessibleAndLoadsNothing(ColorScheme scheme, int width)
    {
        using var first = new DrawnEvaluation();
        using var second = new DrawnEvaluation();
        first.SaveReport();
        second.SaveReport();
        var content = ComparisonContent.Of(ReportFile.Read(first.Folder["report.json"]), ReportFile.Read(second.Folder["report.json"]), "a", "b");
        SegmentationReports.Save(content, first.Folder["comparison.html"], "semanticflow compare a b");
        await using var opened = await Browser.Open(first.Folder["comparison.html"], scheme, width);

        await opened.AssertFits();
        await opened.AssertAccessible();
        opened.AssertQuiet();
    }
}
