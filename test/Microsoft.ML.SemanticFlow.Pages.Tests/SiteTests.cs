// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.Playwright;

namespace Microsoft.ML.SemanticFlow.Pages.Tests;

/// <summary>The site of the documentation, built by build/site.sh: minutes, and a package from the feed.</summary>
[TestClass]
[TestCategory("Nightly")]
public sealed partial class SiteTests
{
    private const string Host = "http://site.test/";

    private static string Site => RepositoryFiles.At("artifacts", "site");

    public TestContext TestContext { get; set; } = null!; // set by the framework

    [ClassInitialize]
    public static async Task Build(TestContext context)
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("skipped: build/site.sh needs a POSIX shell.");
        var start = new ProcessStartInfo("bash", [RepositoryFiles.At("build", "site.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!; // null only when an existing process is reused
        var errors = process.StandardError.ReadToEndAsync(context.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(context.CancellationToken);
        await process.WaitForExitAsync(context.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, $"{output}\n{await errors}");
    }

    [TestMethod]
    public void Site_EveryLink_LeadsToAPageAndAPlaceOfTheSite()
    {
        var pages = Directory.EnumerateFiles(Site, "*.html", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllText);
        var anchors = pages.ToDictionary(page => page.Key, page => Anchor().Matches(page.Value).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToHashSet());

        var broken = pages.SelectMany(page => Link().Matches(page.Value).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Distinct()
            .Select(link => (Page: Path.GetRelativePath(Site, page.Key), Link: link, Fault: Fault(page.Key, link, anchors)))).Where(link => link.Fault is not null).ToArray();

        Assert.IsGreaterThan(200, pages.Count);
        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    [TestMethod]
    public void Site_EveryPage_LoadsNothingFromOtherMachines()
    {
        var loading = Directory.EnumerateFiles(Site, "*.html", SearchOption.AllDirectories)
            .SelectMany(path => Loaded().Matches(File.ReadAllText(path)).Select(match => $"{Path.GetRelativePath(Site, path)}: {match.Value}")).ToArray();

        Assert.IsEmpty(loading, string.Join('\n', loading));
    }

    [TestMethod]
    public async Task Search_AWordOfAPageAndATypesName_FindsThem()
    {
        await using var context = await Browser.NewContext();
        await context.RouteAsync($"{Host}**", route => route.FulfillAsync(new() { Path = Path.Combine(Site, new Uri(route.Request.Url).AbsolutePath[1..]) }));
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Host}index.html");

        foreach (var (words, found) in new[] { ("tiles overlap blending", "Scoring"), ("SegmentationConfusionMatrix", "Class SegmentationConfusionMatrix") })
        {
            await page.FillAsync("#search-query", words);
            await page.WaitForFunctionAsync("found => [...document.querySelectorAll('#search-results .item-title')].some(item => item.innerText.includes(found))", found);
        }
    }

    [TestMethod]
    [DataRow("index.html", ColorScheme.Light, 1280)]
    [DataRow("index.html", ColorScheme.Dark, 390)]
    [DataRow("guide/getting-started.html", ColorScheme.Dark, 1280)]
    [DataRow("guide/migrating.html", ColorScheme.Light, 390)]
    [DataRow("api/Microsoft.ML.SemanticFlow.SegmentationModel.html", ColorScheme.Light, 1280)]
    public async Task Page_EitherTheme_FitsItsWindow(string path, ColorScheme scheme, int width)
    {
        await using var context = await Browser.NewContext(scheme, width);
        await context.RouteAsync($"{Host}**", route => route.FulfillAsync(new() { Path = Path.Combine(Site, new Uri(route.Request.Url).AbsolutePath[1..]) }));
        var page = await context.NewPageAsync();

        await page.GotoAsync(Host + path, new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.AreEqual(0, await page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"), "pixels that the page is too wide");
    }

    // null where the link leads somewhere, or to another machine.
    private static string? Fault(string page, string link, Dictionary<string, HashSet<string>> anchors)
    {
        if (Scheme().IsMatch(link))
            return null;
        string[] parts = link.Split('#', 2);
        string file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0]))); // a page has a folder
        if (!File.Exists(file))
            return "is not there";
        bool found = parts.Length == 1 || parts[1].Length == 0 || !anchors.TryGetValue(file, out var there) || there.Contains(Uri.UnescapeDataString(parts[1]));
        return found ? null : "has no such place";
    }

    [GeneratedRegex("<(?:a|img|link|script)[^>]*? (?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex(" (?:id|name)=\"([^\"]*)\"")]
    private static partial Regex Anchor();

    [GeneratedRegex("<(?:img|script|iframe)[^>]* src=\"(?:https?:)?//[^\"]*\"|<link[^>]* href=\"(?:https?:)?//[^\"]*\"")]
    private static partial Regex Loaded();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Scheme();
}
