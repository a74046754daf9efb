// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a model is turned into one that computes with bytes.</summary>
/// <example>
/// <code>
/// var images = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// var options = new QuantizationOptions { Method = CalibrationMethod.MinMax, CalibrationImages = 2, HeldOutImages = 1, MinimumAgreement = 0.5 };
/// using var quantized = ml.SemanticSegmentation.Quantize(segmenter, images, options);
/// </code>
/// </example>
public sealed record QuantizationOptions
{
    /// <summary>How the range of each feature map is chosen. Default <see cref="CalibrationMethod.Percentile"/>.</summary>
    public CalibrationMethod Method { get; init => field = Check.Defined(value); } = CalibrationMethod.Percentile;

    /// <summary>
    /// Of <see cref="CalibrationMethod.Percentile"/>: the percentage of a map's values that lie below the top of its range, and above its bottom; above 50, at most 100.
    /// Default 99.999.
    /// </summary>
    public double Percentile
    {
        get;
        init => field = value is > 50 and <= 100
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Percentile), value, FormattableString.Invariant($"{nameof(Percentile)} must be above 50 and at most 100, not {value}."));
    } = 99.999;

    /// <summary>The most images whose feature maps are measured. Default 32. They are spread evenly over the data.</summary>
    public int CalibrationImages { get; init => field = Check.AtLeast(value, 1); } = 32;

    /// <summary>The most images that both models label, to compare them. Default 16. None of them is measured; of little data a third is kept for it.</summary>
    public int HeldOutImages { get; init => field = Check.AtLeast(value, 1); } = 16;

    /// <summary>
    /// The share of the held-out pixels that must get the class that the float32 model gives them, in [0, 1]. Default 0.99. Where all layers in
    /// bytes fall short, those that disturb the scores most stay in float32 until it is reached.
    /// </summary>
    public double MinimumAgreement { get; init => field = Check.Within(value, 0d, 1d); } = 0.99;

    /// <summary>Told how far the work is, on the thread that does it. Default: nobody is.</summary>
    public IProgress<QuantizationProgress>? Progress { get; init; }

    /// <summary>Ends the work with <see cref="OperationCanceledException"/>. Default: it runs to its end.</summary>
    public CancellationToken CancellationToken { get; init; }
}
