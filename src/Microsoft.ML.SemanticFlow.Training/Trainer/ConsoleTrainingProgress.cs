// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Writes one plain line an epoch: loss, learning rate, speed, mIoU, time left.</summary>
/// <example>
/// <code>
/// var training = options with { Progress = new ConsoleTrainingProgress() };         // to standard error; or to any TextWriter
/// </code>
/// </example>
public sealed class ConsoleTrainingProgress : IProgress<TrainingProgress>
{
    private readonly TextWriter _writer;

    /// <summary>Writes to a text writer.</summary>
    /// <param name="writer">Where to; null for the standard error stream.</param>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one class whose purpose is the console; libraries do not use it by themselves.")]
    public ConsoleTrainingProgress(TextWriter? writer = null) => _writer = writer ?? Console.Error;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Phase == TrainingPhase.Epoch)
            _writer.WriteLine(Format(value));
        else if (value.Phase == TrainingPhase.Diverged)
            _writer.WriteLine(value.Message);
    }

    internal static string Format(TrainingProgress value)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}: loss {value.Loss:f4}, learning rate {value.LearningRate:g3}");
        if (value.ImagesPerSecond > 0)
            line += string.Create(CultureInfo.InvariantCulture, $", {value.ImagesPerSecond:f1} images/s");
        if (value.MeanIoU is { } now && value.BestMeanIoU is { } best)
            line += string.Create(CultureInfo.InvariantCulture, $", mIoU {now:f4} (best {best:f4})");
        foreach (var source in value.Sources)
            line += string.Create(CultureInfo.InvariantCulture, $", {PrintableText.Line(source.Source ?? "no source")} {source.Metrics.MeanIoU:f4}");
        if (value.Remaining is { } left && value.Epoch < value.Epochs)
            line += $", {DurationText.Of(left)} left";
        return line;
    }
}
