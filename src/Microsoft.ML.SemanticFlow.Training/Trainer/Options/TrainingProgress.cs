// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far training is; reported after every step, validated image and epoch, on the thread that trains.</summary>
/// <example>
/// <code>
/// var training = options with
/// {
///     ValidationSet = val,
///     Progress = new Progress&lt;TrainingProgress>(progress => Console.Error.WriteLine($"epoch {progress.Epoch}: {progress.Phase}")),
/// };
/// </code>
/// </example>
public sealed class TrainingProgress
{
    internal TrainingProgress()
    {
    }

    /// <summary>What this report is about.</summary>
    public TrainingPhase Phase { get; internal init; }

    /// <summary>The current epoch, from 1.</summary>
    public int Epoch { get; internal init; }

    /// <summary>How many epochs there will be.</summary>
    public int Epochs { get; internal init; }

    /// <summary>Steps done in this epoch; while validating, images done.</summary>
    public int Step { get; internal init; }

    /// <summary>Steps of an epoch; while validating, images of the validation set; null while not yet known.</summary>
    public int? StepsPerEpoch { get; internal init; }

    /// <summary>The mean loss over the epoch so far. NaN while no crop had a pixel that counts.</summary>
    public double Loss { get; internal init; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; internal init; }

    /// <summary>Images trained a second, over this epoch so far; while validating, images scored a second. 0 in the report of an epoch that was trained before resuming.</summary>
    public double ImagesPerSecond { get; internal init; }

    /// <summary>Time since training began or, after resuming, continued.</summary>
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>An estimate of the time left; null while there is nothing to estimate from.</summary>
    public TimeSpan? Remaining { get; internal init; }

    /// <summary>mIoU on the validation set, in [0, 1]; null when this epoch was not validated.</summary>
    public double? MeanIoU { get; internal init; }

    /// <summary>IoU of each class on the validation set, in the order of train ids, NaN where a class does not occur; null when this epoch was not validated.</summary>
    public IReadOnlyList<double>? PerClassIoU { get; internal init; }

    /// <summary>The metrics of each source of the validation set, in ordinal order; empty where it has one alone, or when this epoch was not validated.</summary>
    public IReadOnlyList<SegmentationSourceResult> Sources { get; internal init; } = [];

    /// <summary>What happened and what to do, where training diverged; else null.</summary>
    public string? Message { get; internal init; }

    /// <summary>The best mIoU so far; null before the first validation.</summary>
    public double? BestMeanIoU { get; internal init; }

    /// <summary>One line: of an epoch what <see cref="ConsoleTrainingProgress"/> writes, of a diverged training the message, else epoch and step.</summary>
    public override string ToString() => Phase switch
    {
        TrainingPhase.Epoch => OfEpoch(),
        TrainingPhase.Diverged when Message is not null => Message,
        TrainingPhase.Validation => $"epoch {Epoch}/{Epochs}: validation image {Step} of {StepsPerEpoch?.ToString(CultureInfo.InvariantCulture) ?? "?"}",
        _ => $"epoch {Epoch}/{Epochs}: step {Step} of {StepsPerEpoch?.ToString(CultureInfo.InvariantCulture) ?? "?"}",
    };

    private string OfEpoch()
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {Epoch}/{Epochs}: loss {Loss:f4}, learning rate {LearningRate:g3}");
        if (ImagesPerSecond > 0)
            line += string.Create(CultureInfo.InvariantCulture, $", {ImagesPerSecond:f1} images/s");
        if (MeanIoU is { } now && BestMeanIoU is { } best)
            line += string.Create(CultureInfo.InvariantCulture, $", mIoU {now:f4} (best {best:f4})");
        foreach (var source in Sources)
            line += string.Create(CultureInfo.InvariantCulture, $", {PrintableText.Line(source.Source ?? "no source")} {source.Metrics.MeanIoU:f4}");
        if (Remaining is { } left && Epoch < Epochs)
            line += $", {DurationText.Of(left)} left";
        return line;
    }
}
