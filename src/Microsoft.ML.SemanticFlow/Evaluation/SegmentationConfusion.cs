// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One class that is predicted as another; as text a sentence.</summary>
/// <example>
/// <code>
/// foreach (SegmentationConfusion confusion in metrics.GetLargestConfusions(3))
///     Console.WriteLine(confusion);
/// </code>
/// </example>
public sealed class SegmentationConfusion
{
    private readonly LabelMap _labels;

    internal SegmentationConfusion(LabelMap labels, byte actual, byte predicted, long count, long actualCount, long wrongCount)
    {
        _labels = labels;
        (Actual, Predicted, PixelCount) = (actual, predicted, count);
        ShareOfActual = (double)count / actualCount;
        ShareOfWrong = (double)count / wrongCount;
    }

    /// <summary>Train id in the ground truth.</summary>
    public int Actual { get; }

    /// <summary>Train id in the prediction; 255 where it is no class.</summary>
    public int Predicted { get; }

    /// <summary>Pixels that are the one and predicted as the other.</summary>
    public long PixelCount { get; }

    /// <summary>Their share of the actual class's pixels, in [0, 1].</summary>
    public double ShareOfActual { get; }

    /// <summary>Their share of all wrong pixels, in [0, 1].</summary>
    public double ShareOfWrong { get; }

    /// <summary>Such as "8.4 % of 'sidewalk' is predicted as 'road': 1,234,567 pixels, 12.3 % of all that is wrong."</summary>
    /// <returns>The sentence.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * ShareOfActual:F1} % of {Quote(_labels, Actual)} is predicted as {Quote(_labels, Predicted)}: ") +
        string.Create(CultureInfo.InvariantCulture, $"{Pixels(PixelCount)}, {100 * ShareOfWrong:F1} % of all that is wrong.");

    /// <summary>A number of pixels as sentences say it.</summary>
    internal static string Pixels(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "pixel" : "pixels")}");

    /// <summary>A class as sentences name it.</summary>
    internal static string Quote(LabelMap labels, int id) => id == LabelMap.IgnoreId ? "no class" : $"'{PrintableText.Line(labels.Classes[id].Name)}'";
}
