// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Measures;

/// <summary>Shares and their means: 0 / 0 is NaN, and left out of means.</summary>
internal static class Ratio
{
    /// <returns>IoU in [0, 1]; NaN when the class occurs in neither mask.</returns>
    public static double IoU(double hit, double actual, double predicted) => hit / (actual + predicted - hit);

    public static double Of(Int128 part, Int128 whole) => (double)part / (double)whole;

    /// <returns>The mean of the values that are not NaN; NaN where there are none.</returns>
    public static double MeanOfDefined(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int defined = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            sum += value;
            defined++;
        }

        return sum / defined;
    }
}
