// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests;

[TestClass]
public sealed class EvaluationPageTests
{
    [TestMethod]
    [DataRow(ColorScheme.Light, 390)]
    [DataRow(ColorScheme.Dark, 1440)]
    public async Task Page_EitherTheme_IsAccessibleAndLoadsNothing(ColorScheme scheme, int width)
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport(), scheme, width);

        await opened.AssertAccessible();
        opened.AssertQuiet();
    }

    [TestMethod]
    [DataRow(320)]
    [DataRow(390)]
    [DataRow(820)]
    [DataRow(1440)]
    public async Task Page_AnyWidth_DoesNotScrollSideways(int width)
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport(), width: width);

        await opened.AssertFits();
    }

    [TestMethod]
    public async Task Page_NamesOfStrangers_RunNothing()
    {
        const string Script = "<script>document.title = 'run'</script>", Image = "<img src=x onerror=\"document.title = 'run'\">";
        using var drawn = new DrawnEvaluation(
            images: 3, LabelMap.FromClassNames(Script, Script, Image, new string('x', 200)), i => $"{Script}{Image}\"'{i}{new string('y', 200)} מדרכה.png");
        await using var opened = await Browser.Open(drawn.SaveReport(), width: 390);

        await opened.Page.Locator("svg.heat .cell").Nth(1).ClickAsync();

        Assert.AreEqual("Drawn scenes", await opened.Page.TitleAsync());
        Assert.AreEqual(0, await opened.Page.Locator("img").CountAsync());
        await opened.AssertFits();
        opened.AssertQuiet();
    }

    [TestMethod]
    public async Task Table_HeadingByKeyboard_SortsBothWaysAndPutsNoNumberLast()
    {
        var counts = new SegmentationConfusionMatrix(LabelMap.FromClassNames("four", "b", "c", "a", "absent"));
        counts.Add(actual: [0, 0, 0, 1, 1, 1, 2, 2, 2], predicted: [0, 0, 1, 1, 0, 0, 2, 2, 2]);
        using var folder = new TemporaryFolder();
        new SemanticSegmentationMetrics(counts).SaveReport(folder["report.html"]);
        await using var opened = await Browser.Open(folder["report.html"]);
        var heading = opened.Page.Locator("#classes th[scope=col] button", new() { HasText = "IoU" });

        await heading.FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        string[] ascending = await Names();
        await opened.Page.Keyboard.PressAsync("Space");
        string[] descending = await Names();

        CollectionAssert.AreEqual(new[] { "c", "b", "a", "absent" }, ascending); // 1/4, 2/5 and 1
        CollectionAssert.AreEqual(new[] { "a", "b", "c", "absent" }, descending);
        Assert.AreEqual("descending", await opened.Page.Locator("#classes th[aria-sort]").GetAttributeAsync("aria-sort"));
        opened.AssertQuiet();

        async Task<string[]> Names() => [.. await opened.Page.Locator("#classes tbody th").AllInnerTextsAsync()];
    }

    [TestMethod]
    public async Task Confusion_ClickOnACell_ShowsTheImagesBehindIt()
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport());

        await opened.Page.Locator("svg.heat [data-cell='0-1']").ClickAsync();

        var detail = opened.Page.Locator("#cell");
        StringAssert.Contains(await detail.InnerTextAsync(), "sky taken for road");
        StringAssert.Contains(await detail.InnerTextAsync(), "In 5 images");
        StringAssert.StartsWith(await detail.Locator("li").First.InnerTextAsync(), "image-5.png: 220 pixels"); // 10 rows of 22
        Assert.AreEqual(5, await detail.Locator(".view").CountAsync());
        await opened.AssertAccessible();
        opened.AssertQuiet();
    }

    [TestMethod]
    public async Task Confusion_ByKeyboard_GoesFromCellToCellAndShowsImages()
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport(), ColorScheme.Dark);

        await opened.Page.Locator("svg.heat .cell").First.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        await opened.Page.Keyboard.PressAsync("Enter");

        StringAssert.StartsWith(await opened.Page.Locator("#cell h3").InnerTextAsync(), "road found");
    }

    [TestMethod]
    public async Task Confusion_Choice_ChangesColoursAndNumbers()
    {
        using var drawn = new DrawnEvaluation(images: 2);
        await using var opened = await Browser.Open(drawn.SaveReport());
        var cell = opened.Page.Locator("svg.heat [data-of='0-0']");
        string row = await cell.TextContentAsync() ?? "";

        await opened.Page.GetByLabel("pixels, logarithmic").CheckAsync();

        Assert.AreEqual("98", row); // 94 of 96 rows
        Assert.AreEqual("2k", await cell.TextContentAsync()); // 94 x 22 pixels
    }

    [TestMethod]
    public async Task Viewer_Slider_MovesTheBorderAndKeysTurnPages()
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport());

        await opened.Page.Locator(".card .view[data-layer=prediction]").First.ClickAsync();
        string before = await Wipe();
        await opened.Page.Keyboard.PressAsync("ArrowRight"); // the slider has the focus
        string after = await Wipe();
        await opened.AssertAccessible();
        string first = await opened.Page.Locator("#viewer-title").InnerTextAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "next" }).ClickAsync();
        string second = await opened.Page.Locator("#viewer-title").InnerTextAsync();
        await opened.Page.Keyboard.PressAsync("Escape");

        Assert.AreEqual("32", before);
        Assert.AreEqual("32.64", after); // one of 100 steps over 64 columns
        Assert.AreEqual("image-5.png", first);
        Assert.AreEqual("image-4.png", second);
        Assert.IsFalse(await opened.Page.Locator("#viewer").IsVisibleAsync());

        async Task<string> Wipe() => await opened.Page.Locator("#viewer-stage .wipe").GetAttributeAsync("x1") ?? "";
    }

    [TestMethod]
    public async Task Page_InPrint_LeavesOutWhatNeedsAHand()
    {
        using var drawn = new DrawnEvaluation();
        await using var opened = await Browser.Open(drawn.SaveReport(), width: 820);

        await opened.Page.EmulateMediaAsync(new() { Media = Media.Print });

        Assert.IsFalse(await opened.Page.Locator("nav").IsVisibleAsync());
        Assert.IsFalse(await opened.Page.Locator("fieldset.choice").IsVisibleAsync());
        Assert.IsTrue(await opened.Page.Locator("svg.heat").IsVisibleAsync());
    }
}
