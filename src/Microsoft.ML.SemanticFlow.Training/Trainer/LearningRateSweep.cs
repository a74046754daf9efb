// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a sweep over learning rates has found.</summary>
/// <example>
/// <code>
/// var rows = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// LearningRateSweep sweep = ml.SemanticSegmentation.Trainers.SemanticFlow(options).FindLearningRate(rows, steps: 10);
/// Console.WriteLine(sweep.Suggestion);
/// </code>
/// </example>
public sealed class LearningRateSweep
{
    internal LearningRateSweep()
    {
    }

    /// <summary>Loss against learning rate, in the order of the steps, up to where the loss had grown too far.</summary>
    public IReadOnlyList<LearningRatePoint> Points { get; internal init; } = [];

    /// <summary>A tenth of the rate at which the smoothed loss was least; null where it never fell.</summary>
    public double? Suggestion { get; internal init; }
}

/// <summary>One step of a sweep.</summary>
/// <example>
/// <code>
/// var rows = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// foreach (LearningRatePoint point in ml.SemanticSegmentation.Trainers.SemanticFlow(options).FindLearningRate(rows, steps: 10).Points)
///     Console.WriteLine($"{point.LearningRate:g2} {point.Loss:f3}");
/// </code>
/// </example>
public sealed class LearningRatePoint
{
    internal LearningRatePoint(double learningRate, double loss, double smoothedLoss) =>
        (LearningRate, Loss, SmoothedLoss) = (learningRate, loss, smoothedLoss);

    /// <summary>The rate of the step.</summary>
    public double LearningRate { get; }

    /// <summary>The loss before it.</summary>
    public double Loss { get; }

    /// <summary>The moving average of the losses so far.</summary>
    public double SmoothedLoss { get; }
}
