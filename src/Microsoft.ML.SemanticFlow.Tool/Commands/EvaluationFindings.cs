// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say what is told of an evaluation besides its table, and how it is said.</summary>
internal sealed class EvaluationFindings
{
    private readonly Option<bool> _intervals = new("--intervals") { Description = "Say how far mIoU depends on which images were taken: 95 % of 1000 draws of images." };

    private readonly Option<bool> _byFolder = new("--by-folder") { Description = "Say the figures of each folder below --labels." };

    private readonly Option<int?> _worst = new("--worst") { Description = "Name the worst images, with the reason.", HelpName = "N" };

    private readonly Option<string?> _save = new("--save") { Description = "Write the evaluation with each image's counts, to add it to others or compare it.", HelpName = "FILE" };

    private Option[] All => [_intervals, _byFolder, _worst, _save];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_worst) is not null && result.GetValue(_worst) is < 1)
                result.AddError($"{_worst.Name} takes a number from 1 on.");
        });
    }

    /// <summary>The first of these that a command line gives; null where it gives none.</summary>
    public string? FirstIn(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Finds out before the work whether the evaluation can be written.</summary>
    public void Try(ParseResult parsed)
    {
        if (parsed.GetValue(_save) is { } file)
            OutputFile.Try(file, _save.Name);
    }

    /// <summary>The intervals, where they are asked for.</summary>
    public SegmentationIntervals? Estimate(ParseResult parsed, SegmentationEvaluation evaluation, CancellationToken cancellation) => parsed.GetValue(_intervals)
        ? SegmentationIntervals.Estimate(evaluation, new SegmentationResamplingOptions { CancellationToken = cancellation })
        : null;

    /// <summary>Writes the evaluation, where that is asked for.</summary>
    public void Save(ParseResult parsed, SegmentationEvaluation evaluation)
    {
        if (parsed.GetValue(_save) is { } file)
            evaluation.Save(file);
    }

    /// <summary>Says what was measured, below the table.</summary>
    public void Say(ParseResult parsed, SegmentationEvaluation evaluation, SegmentationIntervals? intervals, TextWriter output)
    {
        if (intervals is not null)
            output.WriteLine($"mIoU {intervals.MeanIoU}, pixel accuracy {intervals.PixelAccuracy}: 95 % of {intervals.ResampleCount} draws of {evaluation.ImageCount} images");
        if (evaluation.Boundaries is { } boundaries)
            Say(boundaries, output);
        if (evaluation.ErrorSplit is { WrongCount: > 0 } split)
            output.WriteLine(Invariant(
                $"wrong pixels: {Share(split.BorderCount, split)} at borders, {Share(split.ExtentCount, split)} in the extent of regions, ") +
                Invariant($"{Share(split.InventedCount, split)} in invented and {Share(split.MissedCount, split)} in missed regions"));
        if (evaluation.Calibration is { } calibration)
            output.WriteLine(Invariant(
                $"confidence {calibration.MeanConfidence:F4} against accuracy {calibration.Accuracy:F4}: ECE {calibration.ExpectedError:F4}, MCE {calibration.MaximumError:F4}") +
                (double.IsNaN(calibration.BrierScore) // of confidence alone
                    ? ""
                    : Invariant($", Brier score {calibration.BrierScore:F4}, negative log likelihood {calibration.NegativeLogLikelihood:F4}")));
        foreach (var confusion in evaluation.Metrics.GetLargestConfusions())
            output.WriteLine(confusion);
        if (parsed.GetValue(_byFolder))
            SaySources(evaluation.Sources, output);
        if (parsed.GetValue(_worst) is { } worst)
        {
            foreach (var ranked in evaluation.RankImages().Take(worst))
                output.WriteLine(Invariant($"{Display.PrintableText.Line(ranked.Image.Name ?? "")}: mIoU {ranked.Image.MeanIoU:F4}. {ranked.Reason}"));
        }

        if (!evaluation.KeepsImages)
            return;
        foreach (var suspect in evaluation.GetSuspectedLabels(most: 10))
            output.WriteLine($"label to look at: {suspect}");
    }

    private static void Say(SegmentationBoundaryMetrics boundaries, TextWriter output)
    {
        var text = new List<string>();
        foreach (var score in boundaries.FScores)
            text.Add(Invariant($"{score.MeanFScore:F4} ({score.Threshold})"));
        output.WriteLine($"boundary F by share of the diagonal: {string.Join(", ", text)}; Boundary IoU {Invariant($"{boundaries.MeanBoundaryIoU:F4}")}");
        output.WriteLine($"mIoU near borders: {string.Join(", ", boundaries.Trimaps.Select(trimap => Invariant($"{trimap.MeanIoU:F4} ({trimap.Width} px)")))}");
    }

    private static void SaySources(IReadOnlyList<SegmentationSourceResult> sources, TextWriter output)
    {
        var table = new TextTable("source", "images", "mIoU", "pixel accuracy");
        foreach (var source in sources)
            table.Add(source.Source ?? "-", Invariant($"{source.ImageCount}"), Invariant($"{source.Metrics.MeanIoU:F4}"), Invariant($"{source.Metrics.PixelAccuracy:F4}"));
        table.Write(output);
    }

    private static string Share(long count, SegmentationErrorSplit split) => Invariant($"{100.0 * count / split.WrongCount:F1} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
