// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options of <c>evaluate</c> that measure more than the confusion matrix.</summary>
internal sealed class EvaluationMeasures
{
    private readonly Option<bool> _boundaries = new("--boundaries")
    {
        Description = "Measure borders too: boundary F, Boundary IoU, IoU near borders, and what of the lost IoU is at borders, in the extent of regions, or whole regions.",
    };

    private readonly Option<bool> _calibration = new("--calibration")
    {
        Description = "Measure whether the model's probabilities mean what they say (ECE, Brier score), and list regions whose label may be wrong. " +
            "Takes 4 bytes a pixel and class of memory for each worker.",
    };

    public void AddTo(CliCommand command)
    {
        command.Add(_boundaries);
        command.Add(_calibration);
    }

    /// <summary>What to keep: images where something is said of them, or more than the counts is measured.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="hasModel">Whether there are probabilities.</param>
    /// <param name="saysOfImages">Whether something is said of images.</param>
    /// <exception cref="UsageException">Probabilities are asked for, and there is no model to give them.</exception>
    public SegmentationEvaluationOptions Read(ParseResult parsed, bool hasModel, bool saysOfImages)
    {
        bool boundaries = parsed.GetValue(_boundaries), calibration = parsed.GetValue(_calibration);
        if (calibration && !hasModel)
            throw new UsageException($"{_calibration.Name} needs probabilities, which masks lack: give --model with --images.");
        return new SegmentationEvaluationOptions
        {
            KeepImages = calibration || saysOfImages,
            Boundaries = boundaries ? new SegmentationBoundaryOptions() : null,
            ErrorSplit = boundaries ? new SegmentationErrorSplitOptions() : null,
            Calibration = calibration ? new SegmentationCalibrationOptions() : null,
            Suspects = calibration ? new SegmentationSuspectOptions() : null,
        };
    }

    /// <summary>What is needed of each prediction to measure calibration: all probabilities where it is asked for, for a page alone the confidence.</summary>
    public PredictionDetails Details(ParseResult parsed) => parsed.GetValue(_calibration) ? PredictionDetails.Probabilities : PredictionDetails.Confidence;
}
