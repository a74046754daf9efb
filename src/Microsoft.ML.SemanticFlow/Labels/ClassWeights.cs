// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Labels;

/// <summary>Weights that make rare classes count more.</summary>
/// <remarks>
/// Paszke et al., 2016 (arXiv 1606.02147), "ENet", class weighting: 1 / ln(1.02 + p) for a class that covers the share p of the
/// pixels. Divided by 6, so that classes of CamVid weigh from 0.4 to the cap.
/// </remarks>
internal static class ClassWeights
{
    private const double Offset = 1.02, Divisor = 6, Cap = 8;

    /// <summary>A weight for each class: min(8, 1 / (6 ln(1.02 + p))).</summary>
    /// <param name="pixels">Pixels of each class in the training set, ignored ones left out.</param>
    /// <param name="exponent">Power of the weights; a half tempers them.</param>
    public static float[] FromPixelCounts(IReadOnlyList<long> pixels, double exponent = 1)
    {
        double total = pixels.Sum();
        if (total == 0) throw new ArgumentException("No pixel of the training set counts: every one is ignored.", nameof(pixels));
        return [.. pixels.Select(n => (float)Math.Pow(Math.Min(Cap, 1 / (Divisor * Math.Log(Offset + n / total))), exponent))];
    }
}
