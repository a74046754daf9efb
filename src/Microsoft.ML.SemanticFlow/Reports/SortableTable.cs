// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A table whose rows a reader sorts by a click or a key on the heading of a column.</summary>
/// <param name="caption">What it shows.</param>
internal sealed class SortableTable(string caption)
{
    private readonly List<Column> _columns = [];
    private readonly List<Cell[]> _rows = [];

    /// <param name="Title">Its heading.</param>
    /// <param name="Explanation">What it means; empty where the heading says it.</param>
    private sealed record Column(string Title, string Explanation);

    /// <summary>A cell.</summary>
    /// <param name="Html">What it shows.</param>
    /// <param name="Order">What it is sorted by; null to sort by the text.</param>
    public readonly record struct Cell(string Html, double? Order = null)
    {
        /// <summary>A number, or none.</summary>
        public static Cell Number(string text, double order) => new(HtmlPage.Text(text), order);

        /// <summary>A share from 0 to 1 as a bar with its number.</summary>
        public static Cell Bar(string text, double share, string style = "one") => new(
            $"<span class=\"measure\">{BarOf(share, style)}<span>{HtmlPage.Text(text)}</span></span>", share);

        private static string BarOf(double share, string style) => double.IsFinite(share)
            ? $"<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\" />" +
                $"<rect class=\"{style}\" width=\"{Figure.Data(100 * Math.Clamp(share, 0, 1))}\" height=\"10\" /></svg>"
            : "";
    }

    public SortableTable Add(string title, string explanation = "")
    {
        _columns.Add(new Column(title, explanation));
        return this;
    }

    /// <summary>Adds a row; the first cell names it.</summary>
    public void AddRow(params Cell[] cells) => _rows.Add(cells);

    public void Write(HtmlPage page)
    {
        page.OpenScroll(caption);
        page.Write($"<table class=\"sortable\">\n<caption>{HtmlPage.Text(caption)}</caption>\n<thead><tr>");
        foreach (var column in _columns)
        {
            string title = column.Explanation.Length == 0 ? "" : $" title=\"{HtmlPage.Text(column.Explanation)}\"";
            page.Write($"<th scope=\"col\"{title}>{HtmlPage.Text(column.Title)}</th>");
        }

        page.Write($"</tr></thead>\n<tbody>\n");
        foreach (var row in _rows)
        {
            page.Write($"<tr><th scope=\"row\">{row[0].Html}</th>");
            foreach (var cell in row.Skip(1))
                page.Write($"<td{OrderOf(cell)}>{cell.Html}</td>");
            page.Write($"</tr>\n");
        }

        page.Write($"</tbody>\n</table>\n");
        page.CloseScroll();
    }

    private static string OrderOf(Cell cell) => cell.Order is { } order ? $" data-order=\"{Figure.Data(order)}\"" : "";
}
