// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>An evaluation as <c>evaluate --json</c> writes it.</summary>
internal static class EvaluationFigures
{
    public static object Of(SegmentationEvaluation evaluation, SegmentationIntervals? intervals, SkippedFiles skipped)
    {
        var metrics = evaluation.Metrics;
        return new
        {
            meanIoU = JsonOutput.Number(metrics.MeanIoU),
            pixelAccuracy = JsonOutput.Number(metrics.PixelAccuracy),
            meanClassAccuracy = JsonOutput.Number(metrics.MeanClassAccuracy),
            frequencyWeightedIoU = JsonOutput.Number(metrics.FrequencyWeightedIoU),
            meanDice = JsonOutput.Number(metrics.MeanDice),
            meanPrecision = JsonOutput.Number(metrics.MeanPrecision),
            meanRecall = JsonOutput.Number(metrics.MeanRecall),
            classes = metrics.ConfusionMatrix.Labels.Classes.Select((label, id) => new
            {
                name = label.Name,
                iou = JsonOutput.Number(metrics.PerClassIoU[id]),
                accuracy = JsonOutput.Number(metrics.PerClassAccuracy[id]),
                dice = JsonOutput.Number(metrics.PerClassDice[id]),
                precision = JsonOutput.Number(metrics.PerClassPrecision[id]),
                recall = JsonOutput.Number(metrics.PerClassRecall[id]),
                pixels = metrics.ConfusionMatrix.GetActualCount(id),
            }),
            confusion = metrics.ConfusionMatrix.GetCounts(),
            largestConfusions = metrics.GetLargestConfusions().Select(confusion => new
            {
                actual = confusion.Actual,
                predicted = confusion.Predicted,
                pixels = confusion.PixelCount,
                text = confusion.ToString(),
            }),
            boundaries = Of(evaluation.Boundaries),
            errors = Of(evaluation.ErrorSplit),
            calibration = Of(evaluation.Calibration),
            intervals = intervals is null ? null : new
            {
                level = intervals.Level,
                resamples = intervals.ResampleCount,
                meanIoU = Of(intervals.MeanIoU),
                pixelAccuracy = Of(intervals.PixelAccuracy),
                classes = intervals.PerClassIoU.Select(Of),
            },
            sources = evaluation.KeepsImages ? evaluation.Sources.Select(Of) : null,
            images = evaluation.KeepsImages ? evaluation.RankImages().Select(Of) : null,
            suspects = evaluation is { KeepsImages: true, Options.Suspects: not null } ? evaluation.GetSuspectedLabels().Select(Of) : null,
            skipped = skipped.Skipped,
            leftOut = skipped.LeftOut,
        };
    }

    private static object? Of(SegmentationBoundaryMetrics? boundaries) => boundaries is null ? null : new
    {
        fScores = boundaries.FScores.Select(score => new
        {
            threshold = score.Threshold,
            mean = JsonOutput.Number(score.MeanFScore),
            publishedMean = JsonOutput.Number(score.MeanPublishedFScore),
            classes = score.PerClassFScore.Select(JsonOutput.Number),
            publishedClasses = score.PerClassPublishedFScore.Select(JsonOutput.Number),
        }),
        boundaryIoU = new { mean = JsonOutput.Number(boundaries.MeanBoundaryIoU), classes = boundaries.PerClassBoundaryIoU.Select(JsonOutput.Number) },
        trimaps = boundaries.Trimaps.Select(trimap => new
        {
            width = trimap.Width,
            pixels = trimap.PixelCount,
            meanIoU = JsonOutput.Number(trimap.MeanIoU),
            classes = trimap.PerClassIoU.Select(JsonOutput.Number),
        }),
    };

    private static object? Of(SegmentationErrorSplit? split) => split is null ? null : new
    {
        border = split.BorderCount,
        extent = split.ExtentCount,
        invented = split.InventedCount,
        missed = split.MissedCount,
        classes = split.PerClass.Select(errors => new
        {
            borderLoss = JsonOutput.Number(errors.BorderLoss),
            extentLoss = JsonOutput.Number(errors.ExtentLoss),
            wholeLoss = JsonOutput.Number(errors.WholeLoss),
        }),
    };

    private static object? Of(SegmentationCalibration? calibration) => calibration is null ? null : new
    {
        expectedError = JsonOutput.Number(calibration.ExpectedError),
        maximumError = JsonOutput.Number(calibration.MaximumError),
        brierScore = JsonOutput.Number(calibration.BrierScore),
        negativeLogLikelihood = JsonOutput.Number(calibration.NegativeLogLikelihood),
        accuracy = JsonOutput.Number(calibration.Accuracy),
        meanConfidence = JsonOutput.Number(calibration.MeanConfidence),
        bins = calibration.Bins.Select(bin => new
        {
            lower = bin.Lower,
            upper = bin.Upper,
            pixels = bin.PixelCount,
            meanConfidence = JsonOutput.Number(bin.MeanConfidence),
            accuracy = JsonOutput.Number(bin.Accuracy),
        }),
    };

    private static object Of(SegmentationInterval interval) => new
    {
        value = JsonOutput.Number(interval.Value),
        lower = JsonOutput.Number(interval.Lower),
        upper = JsonOutput.Number(interval.Upper),
        without = interval.UndefinedCount,
    };

    private static object Of(SegmentationSourceResult source) => new
    {
        source = source.Source,
        images = source.ImageCount,
        meanIoU = JsonOutput.Number(source.Metrics.MeanIoU),
        pixelAccuracy = JsonOutput.Number(source.Metrics.PixelAccuracy),
        classes = source.Metrics.PerClassIoU.Select(JsonOutput.Number),
        boundaryIoU = Mean(source.Boundaries),
        expectedError = source.Calibration is { } calibration ? JsonOutput.Number(calibration.ExpectedError) : null,
        errors = Of(source.ErrorSplit),
    };

    private static object Of(SegmentationRankedImage ranked) => new
    {
        image = ranked.Image.Name,
        source = ranked.Image.Source,
        meanIoU = JsonOutput.Number(ranked.Image.MeanIoU),
        pixelAccuracy = JsonOutput.Number(ranked.Image.PixelAccuracy),
        gain = JsonOutput.Number(ranked.MeanIoUGain),
        reason = ranked.Reason,
        boundaryIoU = Mean(ranked.Image.Boundaries),
        expectedError = ranked.Image.Calibration is { } calibration ? JsonOutput.Number(calibration.ExpectedError) : null,
    };

    private static double? Mean(SegmentationBoundaryMetrics? boundaries) => boundaries is null ? null : JsonOutput.Number(boundaries.MeanBoundaryIoU);

    private static object Of(SegmentationSuspectedLabel suspect) => new
    {
        image = suspect.Image.Name,
        actual = suspect.Region.Actual,
        predicted = suspect.Region.Predicted,
        pixels = suspect.Region.PixelCount,
        confidence = suspect.Region.MeanConfidence,
        row = suspect.Region.Row,
        column = suspect.Region.Column,
        height = suspect.Region.Height,
        width = suspect.Region.Width,
        text = suspect.ToString(),
    };
}
