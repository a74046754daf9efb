// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Calibration;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>The measures of an evaluation, whose numbers stand one behind the other.</summary>
internal sealed class MeasureSet
{
    private readonly List<(ImageMeasure Measure, int Start)> _measures = [];
    private readonly CalibrationMeasure? _calibration;

    public MeasureSet(SegmentationEvaluationOptions options, int classes)
    {
        if (options.Calibration is { } calibration)
            Add(_calibration = new CalibrationMeasure(calibration));

        void Add(ImageMeasure measure)
        {
            _measures.Add((measure, Length));
            Length += measure.Length;
        }
    }

    /// <summary>How many numbers all of them keep.</summary>
    public int Length { get; private set; }

    /// <summary>The numbers of an image.</summary>
    public Int128[] Measure(in MeasuredImage image)
    {
        var numbers = new Int128[Length];
        foreach (var (measure, start) in _measures)
            measure.Measure(image, numbers.AsSpan(start, measure.Length));
        return numbers;
    }

    /// <inheritdoc cref="SegmentationEvaluation.Calibration"/>
    public SegmentationCalibration? Calibration(ReadOnlySpan<Int128> numbers) => _calibration?.Read(Of(_calibration, numbers));

    private ReadOnlySpan<Int128> Of(ImageMeasure measure, ReadOnlySpan<Int128> numbers) =>
        numbers.Slice(_measures.Find(entry => entry.Measure == measure).Start, measure.Length);
}
