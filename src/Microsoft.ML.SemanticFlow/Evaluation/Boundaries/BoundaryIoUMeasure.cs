// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>Boundary IoU: pixels of a class that its erosion takes away, in both masks.</summary>
internal sealed class BoundaryIoUMeasure(double ratio, int classes) : ImageMeasure
{
    // Of a class: boundary pixels of both masks, of the truth, of the prediction.
    private const int PerClass = 3;

    public override int Length => PerClass * classes;

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        var truth = image.Truth;
        byte[] prediction = image.PredictionWhereCounted();
        double diagonal = Math.Sqrt((double)image.Height * image.Height + (double)image.Width * image.Width);
        int distance = Math.Max(1, (int)Math.Round(ratio * diagonal, MidpointRounding.ToEven));
        bool[] trueInner = InnerPixels.Find(truth, image.Height, image.Width, distance);
        bool[] predictedInner = InnerPixels.Find(prediction, image.Height, image.Width, distance);
        Span<long> both = stackalloc long[256], actual = stackalloc long[256], predicted = stackalloc long[256];
        for (int i = 0; i < truth.Length; i++)
        {
            bool onTruth = !trueInner[i], onPrediction = !predictedInner[i];
            if (!(onTruth | onPrediction))
                continue;
            if (onTruth)
                actual[truth[i]]++;
            if (onPrediction)
                predicted[prediction[i]]++;
            if (onTruth && onPrediction && truth[i] == prediction[i])
                both[truth[i]]++;
        }

        for (int id = 0; id < classes; id++)
            (numbers[PerClass * id], numbers[PerClass * id + 1], numbers[PerClass * id + 2]) = (both[id], actual[id], predicted[id]);
    }

    public double[] Read(ReadOnlySpan<Int128> numbers)
    {
        double[] iou = new double[classes];
        for (int id = 0; id < classes; id++)
            iou[id] = Ratio.IoU((double)numbers[PerClass * id], (double)numbers[PerClass * id + 1], (double)numbers[PerClass * id + 2]);
        return iou;
    }
}
