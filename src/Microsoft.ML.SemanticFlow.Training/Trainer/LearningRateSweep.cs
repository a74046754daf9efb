// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a sweep over learning rates has found.</summary>
public sealed record LearningRateSweep
{
    /// <summary>Loss against learning rate, in the order of the steps, up to where the loss had grown too far.</summary>
    public required IReadOnlyList<LearningRatePoint> Points { get; init; }

    /// <summary>A tenth of the rate at which the smoothed loss was least; null where it never fell.</summary>
    public required double? Suggestion { get; init; }
}

/// <summary>One step of a sweep.</summary>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="Loss">The loss before it.</param>
/// <param name="SmoothedLoss">The moving average of the losses so far.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);
