// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Reports;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests;

[TestClass]
public sealed class ComparisonPageTests
{
    private const string LinesOfLongestDifference = """
        () => {
            const number = document.createTreeWalker(document.querySelector('.tile.main dd'), NodeFilter.SHOW_TEXT).nextNode();
            number.data = '\u22120.8888';
            const range = document.createRange();
            range.selectNodeContents(number);
            const tile = number.parentElement.closest('.tile').getBoundingClientRect(), lines = range.getClientRects();
            return lines[0].right <= tile.right ? lines.length : 0;
        }
        """;

    [TestMethod]
    [DataRow(ColorScheme.Light, 390)]
    [DataRow(ColorScheme.Dark, 1200)] // where tiles are narrow
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
        Assert.AreEqual(1, await opened.Page.EvaluateAsync<int>(LinesOfLongestDifference), "a number is broken over two lines");
        await opened.AssertAccessible();
        opened.AssertQuiet();
    }
}
