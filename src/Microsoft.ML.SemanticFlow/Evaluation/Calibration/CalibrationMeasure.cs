// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Calibration;

/// <summary>Bins the confidence of pixels; sums squared and logarithmic errors where all probabilities are there.</summary>
internal sealed class CalibrationMeasure(SegmentationCalibrationOptions options) : ImageMeasure
{
    // Of a bin: pixels, right ones, the sum of their confidence.
    private const int PerBin = 3;

    // Behind the bins: pixels with all probabilities, their squared error, their logarithmic error, those of probability 0.
    private const int Behind = 4;

    private const int Block = 2048; // pixels whose probabilities are read class by class

    private readonly int _bins = options.Bins;

    public override int Length => _bins * PerBin + Behind;

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        if (!image.Probabilities.IsEmpty)
            MeasureProbabilities(image, numbers);
        else if (!image.Confidence.IsEmpty)
            MeasureConfidence(image, numbers);
        else
            throw new ArgumentException($"Calibration is measured, and the probabilities{image.What} are not given. Pass them, or the confidence, as evidence.");
    }

    public SegmentationCalibration Read(ReadOnlySpan<Int128> numbers)
    {
        var bins = new SegmentationCalibrationBin[_bins];
        for (int i = 0; i < _bins; i++)
        {
            var bin = numbers.Slice(i * PerBin, PerBin);
            bins[i] = new SegmentationCalibrationBin(
                Edge(i), Edge(i + 1), (long)bin[0], FixedPoint.PixelToDouble(bin[2]) / (double)bin[0], Ratio.Of(bin[1], bin[0]));
        }

        var whole = numbers[(_bins * PerBin)..];
        double pixels = (double)whole[0];
        return new SegmentationCalibration(
            Array.AsReadOnly(bins), FixedPoint.PixelToDouble(whole[1]) / pixels,
            whole[3] > 0 ? double.PositiveInfinity : FixedPoint.PixelToDouble(whole[2]) / pixels);
    }

    /// <summary>The bin of a confidence from 0 to 1: its edges are the doubles i / bins, whatever the product rounds to.</summary>
    internal int BinOf(double confidence)
    {
        int bin = Math.Min((int)(confidence * _bins), _bins - 1);
        if (bin > 0 && confidence <= Edge(bin))
            return bin - 1;
        return bin < _bins - 1 && confidence > Edge(bin + 1) ? bin + 1 : bin;
    }

    private double Edge(int index) => index / (double)_bins;

    private void MeasureConfidence(in MeasuredImage image, Span<Int128> numbers)
    {
        ReadOnlySpan<byte> truth = image.Truth, prediction = image.Prediction;
        var confidence = image.Confidence;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != LabelMap.IgnoreId)
                Count(image.Probability(confidence[i], i), prediction[i] == truth[i], numbers);
        }
    }

    private void MeasureProbabilities(in MeasuredImage image, Span<Int128> numbers)
    {
        var truth = image.Truth;
        var probabilities = image.Probabilities;
        int plane = truth.Length;
        Span<double> largest = stackalloc double[Block], squares = stackalloc double[Block];
        Span<byte> likeliest = stackalloc byte[Block];
        Int128 pixels = 0, brier = 0, likelihood = 0, impossible = 0;
        for (int start = 0; start < plane; start += Block)
        {
            int count = Math.Min(Block, plane - start);
            largest[..count].Fill(-1);
            squares[..count].Clear();
            for (int id = 0; id < image.Classes; id++)
            {
                var shares = probabilities.Slice(id * plane + start, count);
                for (int i = 0; i < count; i++)
                {
                    double share = shares[i];
                    squares[i] += share * share;
                    if (!(share >= 0))
                        image.Probability(shares[i], start + i);
                    if (share > largest[i])
                        (largest[i], likeliest[i]) = (share, (byte)id);
                }
            }

            for (int i = 0; i < count; i++)
            {
                byte actual = truth[start + i];
                if (actual == LabelMap.IgnoreId)
                    continue;
                Count(image.Probability((float)largest[i], start + i), likeliest[i] == actual, numbers);
                double share = Math.Min(probabilities[actual * plane + start + i], 1.0);
                pixels++;
                brier += FixedPoint.OfPixel(Math.Max(0, squares[i] - 2 * share + 1));
                if (share > 0)
                    likelihood += FixedPoint.OfPixel(-Math.Log(share));
                else
                    impossible++;
            }
        }

        var whole = numbers[(_bins * PerBin)..];
        (whole[0], whole[1], whole[2], whole[3]) = (pixels, brier, likelihood, impossible);
    }

    private void Count(double confidence, bool right, Span<Int128> numbers)
    {
        var bin = numbers.Slice(BinOf(confidence) * PerBin, PerBin);
        bin[0]++;
        if (right)
            bin[1]++;
        bin[2] += FixedPoint.OfPixel(confidence);
    }
}
