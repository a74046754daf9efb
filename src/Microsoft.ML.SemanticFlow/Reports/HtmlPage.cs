// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A page in one file: styles, script and pictures are in it, and nothing is loaded from anywhere.</summary>
/// <remarks>
/// The policy names the one style and the one script by their hashes, so that nothing else runs, whatever a name of a class or a file holds.
/// For the same reason no element has a style or a handler of its own. Tags are closed as XML asks for, so that a test can parse them.
/// </remarks>
internal sealed class HtmlPage : IDisposable
{
    private readonly TextWriter _writer;
    private readonly string? _script;

    /// <summary>Begins a page.</summary>
    /// <param name="writer">Takes it, and stays open.</param>
    /// <param name="title">Its title and first heading.</param>
    /// <param name="script">The embedded file of its script; null for a page without.</param>
    /// <param name="refresh">Seconds after which a browser reads it again; null for never.</param>
    public HtmlPage(TextWriter writer, string title, string? script = null, int? refresh = null)
    {
        _writer = writer;
        _script = script is null ? null : Read(script);
        string style = Read("page.css");
        string policy = $"default-src 'none'; img-src data:; style-src {HashOf(style)}; script-src {(_script is null ? "'none'" : HashOf(_script))}; " +
            "base-uri 'none'; form-action 'none'";
        Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta http-equiv="Content-Security-Policy" content="{policy}" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />

            """);
        if (refresh is { } seconds)
            Write($"<meta http-equiv=\"refresh\" content=\"{seconds}\" />\n");
        Write($"""
            <title>{Text(title)}</title>
            <style>{style}</style>
            </head>
            <body>
            <main>
            <h1>{Name(title)}</h1>

            """);
    }

    /// <summary>Text between tags, or in an attribute's quotes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(PrintableText.Line(text));

    /// <summary>Text of strangers between tags: what is written from right to left turns nothing around it.</summary>
    public static string Name(string text) => $"<bdi>{Text(text)}</bdi>";

    public void Write(FormattableString html) => _writer.Write(html.ToString(CultureInfo.InvariantCulture));

    /// <summary>Links to sections, and the sections.</summary>
    public void Sections(IReadOnlyCollection<PageSection> sections)
    {
        if (sections.Count > 2)
            Write($"<nav aria-label=\"Sections\">{string.Join(' ', sections.Select(section => $"<a href=\"#{section.Id}\">{Text(section.Link)}</a>"))}</nav>\n");
        foreach (var section in sections)
        {
            Write($"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-title\">\n<h2 id=\"{section.Id}-title\">{Text(section.Title)}</h2>\n");
            section.Write(this);
            Write($"</section>\n");
        }
    }

    /// <summary>A heading above what has no section.</summary>
    public void Heading(string text) => Write($"<h2>{Text(text)}</h2>\n");

    public void Paragraph(string text) => Write($"<p>{Text(text)}</p>\n");

    /// <summary>A paragraph that explains.</summary>
    public void Note(string text) => Write($"<p class=\"soft\">{Text(text)}</p>\n");

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        OpenScroll(header[0]);
        Write($"<table>\n<thead><tr>{string.Concat(header.Select(cell => $"<th scope=\"col\">{Text(cell)}</th>"))}</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
            Write($"<tr><th scope=\"row\">{Name(row[0])}</th>{string.Concat(row.Skip(1).Select(cell => $"<td>{Text(cell)}</td>"))}</tr>\n");
        Write($"</tbody>\n</table>\n");
        CloseScroll();
    }

    /// <summary>Begins a part that scrolls sideways by itself where the page is narrow, by keyboard too.</summary>
    public void OpenScroll(string label) => Write($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{Text(label)}\">\n");

    public void CloseScroll() => Write($"</div>\n");

    /// <summary>A class's colour.</summary>
    public static string Swatch(RgbColor color) => string.Create(
        CultureInfo.InvariantCulture, $"<svg class=\"swatch\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" fill=\"{Hex(color)}\" /></svg>");

    /// <summary>A class's colour and name, which stay on one line.</summary>
    public static string Named(LabelClass label) => $"<span class=\"named\">{Swatch(label.Color)}{Name(label.Name)}</span>";

    /// <summary>A colour as pages write it.</summary>
    public static string Hex(RgbColor color) => string.Create(CultureInfo.InvariantCulture, $"#{color.R:x2}{color.G:x2}{color.B:x2}");

    /// <summary>The colours and names of all classes.</summary>
    public void Legend(LabelMap labels) =>
        Write($"<p class=\"legend\">{string.Concat(labels.Classes.Select(label => PageKey.Of(label.Color, label.Name)))}</p>\n");

    /// <summary>Ends the page.</summary>
    public void Dispose()
    {
        Write($"</main>\n");
        if (_script is not null)
            Write($"<script>{_script}</script>\n");
        Write($"</body>\n</html>\n");
        _writer.Flush();
    }

    // As the browser reads it: it turns line ends into line feeds before it hashes.
    private static string Read(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The file '{name}' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string HashOf(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
}
