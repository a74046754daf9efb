// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>From a decoded image to its mask and what else is asked for, by one session.</summary>
internal sealed class ImageScorer(OnnxSession session, ModelDescription description) : IDisposable
{
    public ModelDescription Description => description;

    /// <summary>Labels the pixels of an image, with what else is asked for, in one run of each pass.</summary>
    /// <param name="image">The image; kept by the prediction when that is asked for.</param>
    /// <param name="source">How messages name the image; null when it has no name.</param>
    /// <param name="details">What to compute besides the mask.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="cancellation">Stops between tiles, and within the network.</param>
    /// <param name="flow">What the prediction says of the flow field; null for nothing.</param>
    public SegmentationPrediction Score(
        PixelImage image, string? source, PredictionDetails details, InferenceOptions inference, CancellationToken cancellation, SegmentationFlow? flow = null)
    {
        int classes = description.Labels.ClassCount, height = image.FullHeight, width = image.FullWidth, plane = height * width;
        var ids = GC.AllocateUninitializedArray<byte>(plane);
        float[]? confidence = details.HasFlag(PredictionDetails.Confidence) ? GC.AllocateUninitializedArray<float>(plane) : null;
        float[]? probabilities = details.HasFlag(PredictionDetails.Probabilities) ? AllocateScores(height, width) : null;
        bool takesSoftmax = confidence is not null || probabilities is not null;
        if (inference.IsSinglePass)
            Run(image, source, Fused, cancellation);
        else
            RunPasses();
        return new SegmentationPrediction(
            SegmentationMask.Adopt(height, width, ids, description.Labels), confidence, probabilities, details.HasFlag(PredictionDetails.Image) ? image : null,
            flow);

        void Fused(ReadOnlySpan<float> logits, int rows, int columns)
        {
            FusedArgMax.Compute(logits, classes, rows, columns, ids, height, width);
            if (takesSoftmax)
                FusedSoftmax.Compute(logits, classes, rows, columns, confidence, probabilities, height, width);
        }

        void RunPasses()
        {
            using var held = session.Hold();
            float[] terms = probabilities is null ? [] : new float[classes];
            MultiPassScorer.Run(this, image, source, inference, (row, scores, lanes) =>
            {
                for (int x = 0, at = row * width; x < width; x++, at++)
                {
                    var pixel = scores.Slice(x * lanes, classes);
                    int largest = TensorPrimitives.IndexOfMax(pixel);
                    ids[at] = (byte)largest;
                    if (!takesSoftmax)
                        continue;
                    float likeliest = FusedSoftmax.Pixel(pixel, pixel[largest], terms);
                    confidence?[at] = likeliest;
                    for (int id = 0; id < terms.Length; id++)
                        probabilities![(id * plane) + at] = terms[id]; // there are terms only with them
                }
            }, cancellation);
        }
    }

    /// <summary>The logits as the file gives them, [K, h, w]: at the head's resolution or at the image's, by its form.</summary>
    public (float[] Logits, int Height, int Width) RunLogits(PixelImage image, CancellationToken cancellation = default)
    {
        (float[], int, int) result = default;
        Run(image, source: null, (logits, height, width) => result = (logits.ToArray(), height, width), cancellation);
        return result;
    }

    /// <summary>The mean of the raw scores, [K, H, W] at the image's size.</summary>
    public float[] RunScores(PixelImage image, InferenceOptions inference)
    {
        int classes = description.Labels.ClassCount, plane = image.Height * image.Width;
        var result = new float[classes * plane];
        using var held = session.Hold();
        MultiPassScorer.Run(this, image, source: null, inference, (row, scores, lanes) =>
        {
            for (int x = 0; x < image.Width; x++)
            {
                for (int id = 0; id < classes; id++)
                    result[(id * plane) + (row * image.Width) + x] = scores[(x * lanes) + id];
            }
        }, CancellationToken.None);
        return result;
    }

    /// <summary>One run of the network, for a caller that holds the session.</summary>
    public void RunHeld(PixelImage image, string? source, OnnxSession.LogitsReader read, CancellationToken cancellation)
    {
        using var resized = ToInputSize(image, source);
        session.Run(resized ?? image, description, read, cancellation);
    }

    /// <summary>The image resized to what the file is fixed to, in rented memory; null when the network gets it as it is.</summary>
    /// <exception cref="InvalidDataException">The file takes any size, and the image is too small for the network.</exception>
    public PixelImage? ToInputSize(PixelImage image, string? source)
    {
        if (description.Height is { } height && description.Width is { } width)
            return (image.Height, image.Width) == (height, width) ? null : Resampling.ResizeRented(image, height, width, ResamplingFilter.Bilinear);
        return image.Height >= description.SmallestSide && image.Width >= description.SmallestSide
            ? null
            : throw new InvalidDataException(
                $"{(source is null ? "The image" : $"Image '{source}'")} is {image.Height} x {image.Width} pixels (height x width); " +
                $"{description.Network} needs at least {description.SmallestSide} on each side. Enlarge it.");
    }

    /// <exception cref="InvalidDataException">[K, H, W] is more than an array holds.</exception>
    public float[] AllocateScores(int height, int width)
    {
        long length = (long)description.Labels.ClassCount * height * width;
        return length <= Array.MaxLength
            ? GC.AllocateUninitializedArray<float>((int)length)
            : throw new InvalidDataException(
                $"{description.Labels.ClassCount} probabilities for each of {height} x {width} pixels (height x width) are more than an array holds. " +
                "Ask for the confidence alone, or cut the image.");
    }

    public void Dispose() => session.Dispose();

    private void Run(PixelImage image, string? source, OnnxSession.LogitsReader read, CancellationToken cancellation)
    {
        using var held = session.Hold();
        RunHeld(image, source, read, cancellation);
    }
}
