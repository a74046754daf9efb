// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Resampling;

/// <summary>Sums of images by class, and the figures that they give.</summary>
internal sealed class ClassTotals(int classes)
{
    private readonly long[] _hit = new long[classes];
    private readonly long[] _actual = new long[classes];
    private readonly long[] _predicted = new long[classes];

    /// <summary>How many figures there are: mIoU, pixel accuracy, and the IoU of each class.</summary>
    public static int FiguresOf(int classes) => 2 + classes;

    public void Clear()
    {
        Array.Clear(_hit);
        Array.Clear(_actual);
        Array.Clear(_predicted);
    }

    public void Add(ClassCounts[] image)
    {
        foreach (var counts in image)
        {
            _hit[counts.Id] += counts.Hit;
            _actual[counts.Id] += counts.Actual;
            _predicted[counts.Id] += counts.Predicted;
        }
    }

    public double[] ToFigures()
    {
        double[] figures = new double[FiguresOf(classes)];
        for (int id = 0; id < classes; id++)
            figures[2 + id] = Ratio.IoU(_hit[id], _actual[id], _predicted[id]);
        figures[0] = Ratio.MeanOfDefined(figures.AsSpan(2));
        figures[1] = (double)_hit.Sum() / _actual.Sum();
        return figures;
    }
}
