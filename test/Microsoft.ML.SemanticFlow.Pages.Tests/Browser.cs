// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests;

/// <summary>The machine's own Chromium, one for all tests.</summary>
[TestClass]
public static class Browser
{
    private static readonly string[] _places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    [AssemblyInitialize]
    public static async Task Start(TestContext _)
    {
        if (Array.Find(_places, File.Exists) is not { } path)
            return;
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        string[] flags =
        [
            "--no-sandbox",                                                                     // in a container there is no user to be
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",             // a camera, for pages that ask for one
        ];
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = flags });
    }

    [AssemblyCleanup]
    public static async Task Stop()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a page, a file or an address; the test is skipped where there is no browser.</summary>
    public static async Task<OpenPage> Open(string path, ColorScheme scheme = ColorScheme.Light, int width = 1440) =>
        await OpenPage.Of(await NewContext(scheme, width), path);

    /// <summary>A window without a page; the test is skipped where there is no browser.</summary>
    public static async Task<IBrowserContext> NewContext(ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        if (_browser is null)
            Assert.Inconclusive("skipped: no Chromium. Install Debian's package chromium.");
        return await _browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
    }
}

/// <summary>A page that is open, and what it did that it should not.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    private OpenPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public static async Task<OpenPage> Of(IBrowserContext context, string path)
    {
        var opened = new OpenPage(context, await context.NewPageAsync());
        var address = new Uri(path);
        opened.Page.Console += (_, message) => opened._faults.Add($"console: {message.Text}");
        opened.Page.PageError += (_, error) => opened._faults.Add($"script: {error}");
        opened.Page.Request += (_, request) =>
        {
            if (!IsOwn(new Uri(request.Url), address))
                opened._faults.Add($"request: {request.Url}");
        };
        await opened.Page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    // A file may ask for nothing but itself, a page of a server for what that server has.
    private static bool IsOwn(Uri asked, Uri page) =>
        asked.Scheme is "data" or "blob" || (page.IsFile ? asked.AbsoluteUri == page.AbsoluteUri : asked.Authority == page.Authority);

    /// <summary>Fails where the page asked for something or a script failed.</summary>
    public void AssertQuiet() => Assert.AreEqual("", string.Join('\n', _faults));

    /// <summary>Fails where a person cannot use the page as it is now: takes seconds.</summary>
    public async Task AssertAccessible()
    {
        var axe = await Page.RunAxe();
        Assert.IsNotEmpty(axe.Passes);
        Assert.AreEqual("", string.Join('\n', axe.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {violation.Nodes[0].Html}")));
    }

    /// <summary>Fails where the page is wider than its window.</summary>
    public async Task AssertFits() =>
        Assert.AreEqual(0, await Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"), "pixels that the page is too wide");

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
