// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The confusion matrix as a grid: rows are classes of the ground truth, columns what they were predicted as.</summary>
/// <remarks>Of many classes those are drawn that are confused most: a page of 255 x 255 cells helps nobody.</remarks>
internal static class HeatMap
{
    public const int MostClasses = 32;

    private const int LabelWidth = 132, LabelHeight = 104, RoomyClasses = 16, RoomyCell = 46, SmallCell = 26, Longest = 18;

    /// <summary>The classes that are drawn, in the order of their ids.</summary>
    public static int[] ClassesOf(SegmentationConfusionMatrix counts)
    {
        int[] seen = [.. Enumerable.Range(0, counts.ClassCount).Where(id => counts.GetActualCount(id) + counts.GetPredictedCount(id) > 0)];
        return seen.Length <= MostClasses ? seen : [.. seen.OrderByDescending(Wrong).ThenBy(id => id).Take(MostClasses).Order()];

        long Wrong(int id) => counts.GetActualCount(id) + counts.GetPredictedCount(id) - 2 * counts[id, id];
    }

    /// <param name="counts">The counts.</param>
    /// <param name="classes">The classes to draw.</param>
    /// <returns>The grid as it is by row. A script gives it the other two colourings, from the numbers that each cell carries.</returns>
    public static string Draw(SegmentationConfusionMatrix counts, IReadOnlyList<int> classes)
    {
        int cell = classes.Count <= RoomyClasses ? RoomyCell : SmallCell, side = classes.Count * cell;
        double most = Math.Log(1 + classes.SelectMany(row => classes.Select(column => counts[row, column])).DefaultIfEmpty(0).Max());
        int width = LabelWidth + side + 60, height = LabelHeight + side + 8;
        var svg = new StringBuilder();
        svg.Append("<svg class=\"heat\" role=\"group\" aria-label=\"Confusion matrix\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"0\" y=\"{LabelHeight - 28}\">predicted →</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"0\" y=\"{LabelHeight - 10}\">ground truth ↓</text>\n");
        foreach (var (i, id) in classes.Index())
        {
            string name = HtmlPage.Text(Figure.Cut(counts.Labels.Classes[id].Name, Longest));
            int middle = (i * cell) + (cell / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{LabelHeight + middle + 4}\" text-anchor=\"end\">{name}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate({LabelWidth + middle + 2} {LabelHeight - 8}) rotate(-50)\">{name}</text>\n");
        }

        var numbers = new StringBuilder();
        foreach (var (y, actual) in classes.Index())
        {
            foreach (var (x, predicted) in classes.Index())
                Append(svg, numbers, counts, actual, predicted, LabelWidth + (x * cell), LabelHeight + (y * cell), cell, most);
        }

        // The numbers lie over the cells, whose labels say more.
        return svg.Append("<g class=\"numbers\" aria-hidden=\"true\">\n").Append(numbers).Append("</g>\n</svg>\n").ToString();
    }

    private static void Append(
        StringBuilder svg, StringBuilder numbers, SegmentationConfusionMatrix counts, int actual, int predicted, int x, int y, int cell, double most)
    {
        long count = counts[actual, predicted];
        if (count == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"empty\" x=\"{x}\" y=\"{y}\" width=\"{cell - 1}\" height=\"{cell - 1}\" />\n");
            return;
        }

        double ofRow = (double)count / counts.GetActualCount(actual), ofColumn = (double)count / counts.GetPredictedCount(predicted);
        string label = LabelOf(counts, actual, predicted, count, ofRow);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"cell{(actual == predicted ? " right" : "")}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"data-cell=\"{actual}-{predicted}\" data-row=\"{Figure.Data(ofRow)}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"data-column=\"{Figure.Data(ofColumn)}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"data-log=\"{Figure.Data(Math.Log(1 + count) / most)}\" data-count=\"{Figure.Short(count)}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"role=\"img\" aria-label=\"{label}\"><rect x=\"{x}\" y=\"{y}\" width=\"{cell - 1}\" height=\"{cell - 1}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"fill-opacity=\"{Figure.Data(Math.Sqrt(ofRow))}\" /><title>{label}</title></g>\n");
        if (cell != RoomyCell)
            return;
        numbers.Append(CultureInfo.InvariantCulture, $"<text data-of=\"{actual}-{predicted}\" x=\"{x + (cell / 2)}\" y=\"{y + (cell / 2) + 4}\" ");
        numbers.Append(CultureInfo.InvariantCulture, $"text-anchor=\"middle\">{Share(ofRow)}</text>\n");
    }

    // Percent without its sign, which stands above the grid.
    private static string Share(double share) => share < 0.0005 ? "" : (100 * share).ToString(share < 0.0995 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string LabelOf(SegmentationConfusionMatrix counts, int actual, int predicted, long count, double ofRow)
    {
        var classes = counts.Labels.Classes;
        string share = $"{Figure.Count(count)} pixels, {Figure.Percent(ofRow)} of {classes[actual].Name}";
        return HtmlPage.Text(actual == predicted ? $"{classes[actual].Name} found: {share}" : $"{classes[actual].Name} taken for {classes[predicted].Name}: {share}");
    }
}
