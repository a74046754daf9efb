// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests.WebApi;

/// <summary>The page of the sample WebApi in a browser, as a person uses it.</summary>
[TestClass]
[DoNotParallelize]
[TestCategory("Nightly")]
public sealed class WebApiPageTests
{
    [TestMethod]
    [DataRow(ColorScheme.Light, 390)]
    [DataRow(ColorScheme.Dark, 1440)]
    public async Task Page_WithAFile_ShowsItsClassesAndIsAccessible(ColorScheme scheme, int width)
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["image.png"], 40, 56, seed: 1);
        using var service = RunningService.Start();
        await using var opened = await Browser.Open(service.Address.AbsoluteUri, scheme, width);
        await opened.AssertAccessible();

        await opened.Page.Locator("#file").SetInputFilesAsync(folder["image.png"]);
        await Assertions.Expect(opened.Page.Locator("#classes tr")).ToHaveCountAsync(3);
        await opened.Page.Locator("#opacity").FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");

        StringAssert.StartsWith(await opened.Page.Locator("#status").InnerTextAsync(), "56 x 40 pixels in ");
        Assert.AreEqual("0.51", await opened.Page.Locator("#mask").EvaluateAsync<string>("mask => mask.style.opacity"));
        Assert.AreEqual("51 %", await opened.Page.Locator("#percent").InnerTextAsync());
        Assert.AreEqual("40", await opened.Page.Locator("#mask").EvaluateAsync<string>("mask => String(mask.naturalHeight)"));
        await opened.AssertAccessible();
        await opened.AssertFits();
        opened.AssertQuiet();
    }

    [TestMethod]
    public async Task Page_WithAFileThatIsNoImage_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.png"], "no image");
        using var service = RunningService.Start();
        await using var opened = await Browser.Open(service.Address.AbsoluteUri);

        await opened.Page.Locator("#file").SetInputFilesAsync(folder["text.png"]);

        await Assertions.Expect(opened.Page.Locator("#status.fault")).ToContainTextAsync("is not an image that can be read");
        Assert.IsFalse(await opened.Page.Locator("#result").IsVisibleAsync());
        await opened.AssertAccessible();
    }

    [TestMethod]
    public async Task Page_DroppedFile_IsScored()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["image.png"], 40, 56, seed: 1);
        using var service = RunningService.Start();
        await using var opened = await Browser.Open(service.Address.AbsoluteUri);
        string data = Convert.ToBase64String(File.ReadAllBytes(folder["image.png"]));

        await opened.Page.EvaluateAsync(
            """
            data => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
              document.getElementById('drop').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
            }
            """,
            data);

        await Assertions.Expect(opened.Page.Locator("#classes tr")).ToHaveCountAsync(3);
        opened.AssertQuiet();
    }

    [TestMethod]
    public async Task Camera_PictureTaken_IsScoredAndTheCameraClosed()
    {
        using var service = RunningService.Start();
        await using var opened = await Browser.Open(service.Address.AbsoluteUri);

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "use the camera" }).ClickAsync();
        await opened.Page.Locator("#view").EvaluateAsync("view => new Promise(seen => view.videoWidth ? seen() : view.addEventListener('loadedmetadata', seen))");
        await opened.AssertAccessible();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "take the picture" }).ClickAsync();

        await Assertions.Expect(opened.Page.Locator("#result")).ToBeVisibleAsync();
        Assert.IsFalse(await opened.Page.Locator("#camera").IsVisibleAsync());
        Assert.IsTrue(await opened.Page.EvaluateAsync<bool>("document.getElementById('view').srcObject === null"));
        opened.AssertQuiet();
    }
}
