// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <param name="Image">The image.</param>
/// <param name="Name">How messages call it.</param>
/// <param name="Label">Its ground truth; null where there is none.</param>
internal sealed record CalibrationSample(PixelImage Image, string Name, SegmentationMask? Label);

/// <summary>Picks rows of a view to calibrate on, and others to compare on.</summary>
internal sealed class CalibrationData
{
    private const int LeastRows = 2;

    private readonly IDataView _data;
    private readonly DataViewSchema.Column _image;
    private readonly DataViewSchema.Column? _label;
    private readonly long _rows;
    private readonly int _picks;

    /// <exception cref="ArgumentOutOfRangeException">The image column is missing, or a column has another type.</exception>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    public CalibrationData(IDataView data, string imageColumn, string labelColumn, QuantizationOptions options)
    {
        _data = data;
        _image = RowInput.Image("image", imageColumn).Find(data.Schema);
        _label = data.Schema.GetColumnOrNull(labelColumn) is null ? null : RowInput.Mask("label", labelColumn).Find(data.Schema);
        _rows = data.GetRowCount() ?? Count(data);
        if (_rows < LeastRows)
            throw new ArgumentException(
                $"There {(_rows == 1 ? "is one image" : "are no images")}, and quantizing needs one to measure and another to compare on: " +
                "give a hundred that are like those to be scored.", nameof(data));
        HeldOut = (int)Math.Clamp(_rows / 3, 1, options.HeldOutImages);
        Calibrating = (int)Math.Min(_rows - HeldOut, options.CalibrationImages);
        _picks = Calibrating + HeldOut;
    }

    /// <summary>How many images are measured.</summary>
    public int Calibrating { get; }

    /// <summary>How many images are compared on.</summary>
    public int HeldOut { get; }

    /// <summary>The picked rows, spread evenly over the view, in its order.</summary>
    public IEnumerable<(CalibrationSample Sample, bool IsHeldOut)> Read()
    {
        using var cursor = _data.GetRowCursor(_label is { } label ? [_image, label] : [_image]);
        var getImage = cursor.GetGetter<MLImage?>(_image);
        var getLabel = _label is { } mask ? cursor.GetGetter<SegmentationMask?>(mask) : null;
        MLImage? image = null; // not disposed: it may be in the caller's own list
        SegmentationMask? truth = null;
        int pick = 0;
        for (long row = 0; pick < _picks && cursor.MoveNext(); row++)
        {
            if (row != pick * _rows / _picks)
                continue;
            getImage(ref image);
            getLabel?.Invoke(ref truth);
            bool isHeldOut = IsHeldOut(pick++);
            if (image is null)
                throw new InvalidDataException($"Row {row} has no image in column '{_image.Name}'. Leave the row out.");
            yield return (new CalibrationSample(MLImageConversion.ToPixels(image), image.Tag is { Length: > 0 } tag ? tag : $"row {row}", isHeldOut ? truth : null), isHeldOut);
        }
    }

    // Spread evenly among the picks.
    private bool IsHeldOut(int pick) => (long)(pick + 1) * HeldOut / _picks > (long)pick * HeldOut / _picks;

    private static long Count(IDataView data)
    {
        using var cursor = data.GetRowCursor([]);
        long rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
