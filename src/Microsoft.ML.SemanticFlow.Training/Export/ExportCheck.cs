// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>Runs a network and its exported file on the same drawn images and compares their logits.</summary>
internal static class ExportCheck
{
    /// <summary>How far logits may differ, as a share of their range: float32 in another order of summation reaches a hundredth of it.</summary>
    public const double Tolerance = 1e-3;

    // float16 has three digits, and flows move edges: a few hundredths of the range.
    private const double Float16Tolerance = 0.1;

    // Logits of trained networks are tens; where weights have run away, sums cancel and no two orders of summation agree.
    private const double LargestRange = 1e6;

    // Sides that no stride divides, beside one that all do.
    private static readonly (int Height, int Width)[] _freeSizes = [(128, 192), (97, 161)];

    /// <summary>Compares at the model's size, or at two sizes when it takes any.</summary>
    /// <exception cref="SegmentationCheckException">The scores differ by more than the tolerance.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public static ExportVerification Run(SegmentationNetwork network, SegmentationModel model, CancellationToken cancellation = default) => Worst(model, image =>
    {
        cancellation.ThrowIfCancellationRequested();
        float[] expected = Expected(network, model, image);
        cancellation.ThrowIfCancellationRequested();
        return Compare(expected, model, image);
    });

    /// <summary>Compares a float32 model with the one in float16 that was made of it, at the model's size, or at two sizes when it takes any.</summary>
    /// <exception cref="SegmentationCheckException">The scores differ by more than float16 explains.</exception>
    public static ExportVerification RunFloat16(SegmentationModel model, SegmentationModel converted)
    {
        try
        {
            return Worst(model, image => Compare(model.Scorer.RunLogits(image).Logits, converted, image, Float16Tolerance));
        }
        catch (SegmentationCheckException inner)
        {
            throw new SegmentationCheckException(
                $"float16 cannot hold what this {model.Network} computes: its scores are no numbers, or far from those in float32. Use float32 or int8.",
                inner.Verification, inner);
        }
    }

    /// <summary>An image with edges, gradients and noise, the same every time.</summary>
    internal static PixelImage Draw(int height, int width)
    {
        var image = new PixelImage(height, width);
        uint state = 1;
        int i = 0;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    state = (state * 1664525) + 1013904223;
                    int gradient = 128 * (column + ((channel + 1) * row)) / (width + ((channel + 1) * height));
                    int block = ((row / 19) + (column / 23) + channel) % 3 * 40;
                    image.Bgra[i++] = (byte)(gradient + block + (int)(state >> 27));
                }

                image.Bgra[i++] = 255;
            }
        }

        return image;
    }

    /// <summary>Compares on one image.</summary>
    internal static ExportVerification Compare(SegmentationNetwork network, SegmentationModel model, PixelImage image) => Compare(Expected(network, model, image), model, image);

    /// <summary>Compares on one image, given the network's logits of it.</summary>
    internal static ExportVerification Compare(float[] expected, SegmentationModel model, PixelImage image, double tolerance = Tolerance)
    {
        var (actual, height, width) = model.Scorer.RunLogits(image);
        if (actual.Length != expected.Length)
            throw new SegmentationCheckException(
                $"The exported file gives {actual.Length} logits for an image of {image.Height} x {image.Width} pixels, the network {expected.Length}.", verification: null);

        double smallest = double.PositiveInfinity, largest = double.NegativeInfinity, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsFinite(expected[i]))
                throw new SegmentationCheckException(
                    "The network gives scores that are not numbers, so it cannot be exported. Its training diverged: train again with a lower learning rate.", verification: null);
            (smallest, largest) = (Math.Min(smallest, expected[i]), Math.Max(largest, expected[i]));
            double distance = Math.Abs((double)expected[i] - actual[i]);
            if (!(distance <= difference))      // also when the file's logit is not a number
                difference = distance;
        }

        double range = largest - smallest;
        var (agreement, wrong) = Agreement(expected, actual, model.Labels.ClassCount, height * width, tolerance * range);
        var figures = new ExportVerification(difference, range, agreement, image.Height, image.Width);
        if (difference <= tolerance * range && wrong == 0)
            return figures;
        throw new SegmentationCheckException(
            range > LargestRange
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"The network's scores reach over a range of {range:G3}, where trained networks stay below {LargestRange:G3}, so it cannot be exported. " +
                    $"Its training diverged: train again with a lower learning rate.")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The exported file's logits differ from the network's by up to {difference:G3} over a range of {range:G3} (allowed: {tolerance * range:G3}) " +
                    $"on an image of {image.Height} x {image.Width} pixels, and {wrong} pixels get another class. Please report this with the network's id, {model.Network}."),
            figures);
    }

    private static ExportVerification Worst(SegmentationModel model, Func<PixelImage, ExportVerification> compare)
    {
        (int Height, int Width)[] sizes = model.Height is { } height && model.Width is { } width ? [(height, width)] : _freeSizes;
        return sizes.Select(size => compare(Draw(size.Height, size.Width)))
            .MaxBy(figures => figures.LargestLogitDifference / Math.Max(figures.LogitRange, double.Epsilon))!;
    }

    private static float[] Expected(SegmentationNetwork network, SegmentationModel model, PixelImage image)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        bool training = network.training;
        network.eval();
        try
        {
            var planes = new float[3 * image.Height * image.Width];
            new PixelNormalization(model.Description.Mean, model.Description.Std, model.Description.ChannelOrder).ToPlanes(image.Bgra, planes);
            var input = tensor(planes, [1, 3, image.Height, image.Width]).to(network.parameters().First().device);
            var logits = model.Form == OnnxForm.Scoring ? network.Predict(input).Main : network.forward(input);
            return logits.to(float32).cpu().contiguous().data<float>().ToArray();
        }
        finally
        {
            network.train(training);
        }
    }

    // How many pixels have the same largest class, and how many another although the network's margin is above the tolerance.
    private static (double Agreement, int Wrong) Agreement(float[] expected, float[] actual, int classes, int pixels, double margin)
    {
        int same = 0, wrong = 0;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            int best = 0, other = 0;
            for (int id = 1; id < classes; id++)
            {
                if (expected[(id * pixels) + pixel] > expected[(best * pixels) + pixel])
                    best = id;
                if (actual[(id * pixels) + pixel] > actual[(other * pixels) + pixel])
                    other = id;
            }

            if (best == other)
                same++;
            else if (expected[(best * pixels) + pixel] - expected[(other * pixels) + pixel] > margin)
                wrong++;
        }

        return ((double)same / pixels, wrong);
    }
}
