// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Boundaries;
using Microsoft.ML.SemanticFlow.Evaluation.Calibration;
using Microsoft.ML.SemanticFlow.Evaluation.Errors;
using Microsoft.ML.SemanticFlow.Evaluation.Instances;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>The measures of an evaluation, whose numbers stand one behind the other.</summary>
internal sealed class MeasureSet
{
    private readonly List<(ImageMeasure Measure, int Start)> _measures = [];
    private readonly CalibrationMeasure? _calibration;
    private readonly BoundaryFMeasure? _boundaryF;
    private readonly BoundaryIoUMeasure? _boundaryIoU;
    private readonly TrimapMeasure? _trimaps;
    private readonly ErrorSplitMeasure? _errorSplit;
    private readonly InstanceMeasure? _instances;
    private readonly SuspectFinder? _suspects;

    public MeasureSet(SegmentationEvaluationOptions options, int classes)
    {
        if (options.Boundaries is { } boundaries)
        {
            Add(_boundaryF = new BoundaryFMeasure(boundaries.Thresholds, classes));
            Add(_boundaryIoU = new BoundaryIoUMeasure(boundaries.BoundaryIoURatio, classes));
            Add(_trimaps = new TrimapMeasure(boundaries, classes));
        }

        if (options.ErrorSplit is { } split)
            Add(_errorSplit = new ErrorSplitMeasure(split, classes));
        if (options.Calibration is { } calibration)
            Add(_calibration = new CalibrationMeasure(calibration));
        if (options.CityscapesInstances)
            Add(_instances = new InstanceMeasure());
        if (options.Suspects is { } suspects)
            _suspects = new SuspectFinder(suspects);

        void Add(ImageMeasure measure)
        {
            _measures.Add((measure, Length));
            Length += measure.Length;
        }
    }

    /// <summary>How many numbers all of them keep.</summary>
    public int Length { get; private set; }

    /// <summary>Whether there is anything to measure.</summary>
    public bool Any => Length > 0 || _suspects is not null;

    /// <summary>The numbers of an image.</summary>
    public Int128[] Measure(in MeasuredImage image)
    {
        var numbers = new Int128[Length];
        foreach (var (measure, start) in _measures)
            measure.Measure(image, numbers.AsSpan(start, measure.Length));
        return numbers;
    }

    /// <summary>Where the label of an image may be wrong.</summary>
    public SegmentationSuspect[] FindSuspects(in MeasuredImage image) => _suspects?.Find(image) ?? [];

    /// <inheritdoc cref="SegmentationEvaluation.Boundaries"/>
    public SegmentationBoundaryMetrics? Boundaries(ReadOnlySpan<Int128> numbers)
    {
        if (_boundaryF is null || _boundaryIoU is null || _trimaps is null)
            return null;
        double[] boundaryIoU = _boundaryIoU.Read(Of(_boundaryIoU, numbers));
        return new SegmentationBoundaryMetrics(
            _boundaryF.Read(Of(_boundaryF, numbers)), Array.AsReadOnly(boundaryIoU), Ratio.MeanOfDefined(boundaryIoU), _trimaps.Read(Of(_trimaps, numbers)));
    }

    /// <inheritdoc cref="SegmentationEvaluation.ErrorSplit"/>
    public SegmentationErrorSplit? ErrorSplit(ReadOnlySpan<Int128> numbers) => _errorSplit?.Read(Of(_errorSplit, numbers));

    /// <inheritdoc cref="SegmentationEvaluation.Calibration"/>
    public SegmentationCalibration? Calibration(ReadOnlySpan<Int128> numbers) => _calibration?.Read(Of(_calibration, numbers));

    /// <summary>The instances of a class, which are measured.</summary>
    public (double Count, double Hit, double OfCategory) InstancesOf(ReadOnlySpan<Int128> numbers, int id) => _instances is null
        ? throw new InvalidOperationException("Instances are not measured.")
        : InstanceMeasure.Read(Of(_instances, numbers), id);

    private ReadOnlySpan<Int128> Of(ImageMeasure measure, ReadOnlySpan<Int128> numbers) =>
        numbers.Slice(_measures.Find(entry => entry.Measure == measure).Start, measure.Length);
}
