// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow;

/// <summary>An image among all, by how badly it was predicted.</summary>
/// <example>
/// <code>
/// foreach (SegmentationRankedImage ranked in evaluation.RankImages().Take(10))
///     Console.WriteLine($"{ranked.Image.Name}: {ranked.Reason}, worth {ranked.MeanIoUGain:f4}");
/// </code>
/// </example>
public sealed class SegmentationRankedImage
{
    private const int MostNamed = 3;

    internal SegmentationRankedImage(SegmentationImageResult image, LabelMap labels, double gain)
    {
        (Image, MeanIoUGain) = (image, gain);
        Reason = Explain(image, labels);
    }

    /// <summary>The image.</summary>
    public SegmentationImageResult Image { get; }

    /// <summary>By how much the mIoU of all images would rise if this one were right.</summary>
    public double MeanIoUGain { get; }

    /// <summary>Why it is where it is: what share is wrong, the largest confusion, and classes that were not found or invented.</summary>
    public string Reason { get; }

    private static string Explain(SegmentationImageResult image, LabelMap labels)
    {
        ImageCell largest = default;
        long wrong = 0;
        foreach (var cell in image.Cells)
        {
            if (cell.Actual == cell.Predicted)
                continue;
            wrong += cell.Count;
            if (cell.Count > largest.Count)
                largest = cell;
        }

        if (wrong == 0)
            return "No pixel is wrong.";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{100.0 * wrong / (image.PixelCount - image.Ignored):F1} % of the pixels are wrong; ")
            .Append(largest.Count == wrong ? "all of them are " : "the largest part is ").Append(SegmentationConfusion.Quote(labels, largest.Actual))
            .Append(" predicted as ").Append(SegmentationConfusion.Quote(labels, largest.Predicted))
            .Append(" (").Append(SegmentationConfusion.Pixels(largest.Count)).Append(").");
        var classes = ClassCounts.Of(image);
        Append("Not found", classes.Where(counts => counts is { Actual: > 0, Hit: 0 }).OrderByDescending(counts => counts.Actual));
        Append("Invented", classes.Where(counts => counts.Actual == 0).OrderByDescending(counts => counts.Predicted));
        return text.ToString();

        void Append(string what, IEnumerable<ClassCounts> found)
        {
            string[] names = [.. found.Select(counts => SegmentationConfusion.Quote(labels, counts.Id))];
            if (names.Length == 0)
                return;
            text.Append(' ').Append(what).Append(": ").AppendJoin(", ", names.Take(MostNamed))
                .Append(names.Length > MostNamed ? $" and {names.Length - MostNamed} more." : ".");
        }
    }
}
