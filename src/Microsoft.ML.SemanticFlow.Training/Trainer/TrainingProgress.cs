// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far training is; reported after every step, validated image and epoch, on the thread that trains.</summary>
public sealed record TrainingProgress
{
    /// <summary>What this report is about.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>The current epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>How many epochs there will be.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps done in this epoch; while validating, images done.</summary>
    public required int Step { get; init; }

    /// <summary>Steps of an epoch; while validating, images of the validation set; null while not yet known.</summary>
    public required int? StepsPerEpoch { get; init; }

    /// <summary>The mean loss over the epoch so far. NaN while no crop had a pixel that counts.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Images trained a second, over this epoch so far; while validating, images scored a second. 0 in the report of an epoch that was trained before resuming.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Time since training began or, after resuming, continued.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>An estimate of the time left; null while there is nothing to estimate from.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>mIoU on the validation set, in [0, 1]; null when this epoch was not validated.</summary>
    public double? MeanIoU { get; init; }

    /// <summary>IoU of each class on the validation set, in the order of train ids, NaN where a class does not occur; null when this epoch was not validated.</summary>
    public IReadOnlyList<double>? PerClassIoU { get; init; }

    /// <summary>The best mIoU so far; null before the first validation.</summary>
    public double? BestMeanIoU { get; init; }
}
