// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;
using Spectre.Console;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Shows a training run on the error stream: bars on a terminal; else a line an epoch, and one now and then within.</summary>
internal sealed class TrainingDisplay(Terminal terminal) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan _lineInterval = TimeSpan.FromSeconds(30);

    // A first step takes longer than the others.
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(30);
    private const int StepsMeasured = 3;

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();
    private ProgressTask? _run;
    private ProgressTask? _part;
    private bool _isJudged;

    /// <summary>The last finished epoch; null before the first.</summary>
    public TrainingProgress? LastEpoch { get; private set; }

    /// <summary>Why training diverged; null where it did not.</summary>
    public string? Divergence { get; private set; }

    /// <summary>The epoch whose validation was best; null before the first validation.</summary>
    public TrainingProgress? BestEpoch { get; private set; }

    public T Run<T>(Func<T> train)
    {
        if (!terminal.HasBars)
            return train();

        T result = default!; // assigned by the callback, which runs before Start returns
        terminal.Bars().Start(context =>
        {
            _run = context.AddTask("training");
            _part = context.AddTask("preparing");
            result = train();
        });
        return result;
    }

    public void Report(TrainingProgress value)
    {
        if (value.Phase == TrainingPhase.Diverged)
        {
            Divergence = value.Message;
            return;
        }

        if (value.Phase == TrainingPhase.Epoch)
        {
            LastEpoch = value;
            if (value.MeanIoU is { } now && !(BestEpoch?.MeanIoU >= now))
                BestEpoch = value;
        }

        if (!_isJudged && value.Phase == TrainingPhase.Step && value.Step >= StepsMeasured && value.Elapsed >= _measured && value.Remaining is { } left)
        {
            _isJudged = true;
            if (Warning(left, value.Epochs, value.ImagesPerSecond) is { } warning)
                terminal.WriteLine(warning);
        }

        if (terminal.IsQuiet)
            return;
        if (_run is not null && _part is not null)
            Draw(value, _run, _part);
        else
            Print(value);
    }

    /// <summary>What to say, after the first measured steps, of a run that will take very long on this machine.</summary>
    /// <returns>Null for one that will not take a day.</returns>
    internal static string? Warning(TimeSpan left, int epochs, double imagesPerSecond) => left < TimeSpan.FromDays(1)
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"At this speed, {imagesPerSecond:g2} images/s, the {epochs} epochs will take about {left.TotalDays:f1} days. " +
            $"Fewer --epochs, a smaller --crop or a smaller --network take less; what is done is kept after every epoch.")
            + (epochs > 1 ? " Ctrl-C ends the run, --resume goes on." : "");

    private void Draw(TrainingProgress value, ProgressTask run, ProgressTask part)
    {
        string number = $"epoch {value.Epoch}/{value.Epochs}";
        if (value.Phase == TrainingPhase.Epoch)
        {
            terminal.WriteLine(Summary(value));
            run.Value = 100.0 * value.Epoch / value.Epochs;
            return;
        }

        part.Description = value.Phase == TrainingPhase.Validation ? $"{number} validating" : string.Create(CultureInfo.InvariantCulture, $"{number} loss {value.Loss:f3}");
        part.MaxValue = Math.Max(value.StepsPerEpoch ?? value.Step, 1);
        part.Value = value.Step;
        if (value.Phase == TrainingPhase.Step && value.StepsPerEpoch is { } steps)
            run.Value = 100.0 * (value.Epoch - 1 + (double)value.Step / steps) / value.Epochs;
    }

    private void Print(TrainingProgress value)
    {
        if (value.Phase == TrainingPhase.Epoch)
        {
            terminal.WriteLine(Summary(value));
        }
        else if (_sinceLine.Elapsed < _lineInterval)
        {
            return;
        }
        else
        {
            string of = value.StepsPerEpoch is { } steps ? $" of {steps}" : "";
            string what = value.Phase == TrainingPhase.Validation
                ? $"validating, image {value.Step}{of}"
                : string.Create(CultureInfo.InvariantCulture, $"step {value.Step}{of}, loss {value.Loss:f4}");
            terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}/{value.Epochs}: {what}, {value.ImagesPerSecond:f1} images/s{Left(value)}"));
        }

        _sinceLine.Restart();
    }

    private static string Summary(TrainingProgress value)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture, $"epoch {value.Epoch}/{value.Epochs}: loss {value.Loss:f4}, lr {value.LearningRate:g3}, {value.ImagesPerSecond:f1} images/s");
        if (value.MeanIoU is { } now)
            line += string.Create(CultureInfo.InvariantCulture, $", mIoU {now:f4} (best {value.BestMeanIoU:f4})");
        foreach (var source in value.Sources)
            line += string.Create(CultureInfo.InvariantCulture, $", {source.Source} {source.Metrics.MeanIoU:f4}");
        return line + $", {DurationText.Of(value.Elapsed)}" + Left(value);
    }

    private static string Left(TrainingProgress value) =>
        value.Remaining is { } left && value.Remaining > TimeSpan.Zero ? $", {DurationText.Of(left)} left" : "";
}
