// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Net;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A page in one file: styles and pictures are in it, and nothing is loaded from anywhere.</summary>
internal sealed class HtmlPage : IDisposable
{
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

    private readonly TextWriter _writer;

    /// <summary>Begins a page.</summary>
    /// <param name="writer">Takes it, and stays open.</param>
    /// <param name="title">Its title and first heading.</param>
    public HtmlPage(TextWriter writer, string title)
    {
        _writer = writer;
        Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(title)}</title>
            <style>
            {ReadStyle()}</style>
            </head>
            <body>
            <main>
            <h1>{Text(title)}</h1>

            """);
    }

    /// <summary>Text between tags, or in an attribute's quotes.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public void Write(FormattableString html) => _writer.Write(html.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Begins a section.</summary>
    public void Heading(string text) => Write($"<h2>{Text(text)}</h2>\n");

    public void Paragraph(string text) => Write($"<p>{Text(text)}</p>\n");

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        Write($"<table>\n<thead><tr>{string.Concat(header.Select(cell => $"<th scope=\"col\">{Text(cell)}</th>"))}</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
            Write($"<tr><th scope=\"row\">{Text(row[0])}</th>{string.Concat(row.Skip(1).Select(cell => $"<td>{Text(cell)}</td>"))}</tr>\n");
        Write($"</tbody>\n</table>\n");
    }

    /// <summary>Ends the page.</summary>
    public void Dispose()
    {
        Write($"</main>\n</body>\n</html>\n");
        _writer.Flush();
    }

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("page.css")
            ?? throw new InvalidOperationException("The style 'page.css' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
