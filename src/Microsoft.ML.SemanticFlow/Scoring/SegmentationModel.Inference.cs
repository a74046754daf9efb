// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow;

public sealed partial class SegmentationModel
{
    /// <summary>Labels the pixels of an image file by the mean of several passes, or in tiles.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image, is damaged, or has a size that the passes cannot use.</exception>
    public SegmentationMask Predict(string path, InferenceOptions inference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(inference);
        using var image = ImageCodec.Decode(path, Enough(inference), rent: true);
        return Predict(image, Path.GetFileName(path), inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image by the mean of several passes, or in tiles.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The stream holds no image, a damaged one, or one of a size that the passes cannot use.</exception>
    public SegmentationMask Predict(Stream stream, InferenceOptions inference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(inference);
        using var image = ImageCodec.Decode(stream, "stream", Enough(inference), rent: true);
        return Predict(image, source: null, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image by the mean of several passes, or in tiles.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The bytes are no image, a damaged one, or one of a size that the passes cannot use.</exception>
    public SegmentationMask Predict(ReadOnlySpan<byte> bytes, InferenceOptions inference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inference);
        using var image = ImageCodec.Decode(bytes, "bytes", Enough(inference), rent: true);
        return Predict(image, source: null, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of a decoded image by the mean of several passes, or in tiles.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The image has a size that the passes cannot use.</exception>
    public SegmentationMask Predict(MLImage image, InferenceOptions inference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(inference);
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        return Predict(pixels, source: null, inference, cancellationToken);
    }

    internal SegmentationMask Predict(PixelImage image, string? source, InferenceOptions inference, CancellationToken cancellation = default) =>
        Predict(image, source, PredictionDetails.None, inference, cancellation).Mask;

    /// <summary>Labels the pixels of a decoded image, with what else is asked for, in one run of each pass.</summary>
    internal SegmentationPrediction Predict(PixelImage image, string? source, PredictionDetails details, InferenceOptions inference, CancellationToken cancellation)
    {
        int classes = Labels.ClassCount, height = image.FullHeight, width = image.FullWidth, plane = height * width;
        var ids = GC.AllocateUninitializedArray<byte>(plane);
        float[]? confidence = details.HasFlag(PredictionDetails.Confidence) ? GC.AllocateUninitializedArray<float>(plane) : null;
        float[]? probabilities = details.HasFlag(PredictionDetails.Probabilities) ? AllocateScores(height, width) : null;
        if (inference.IsSinglePass)
            Run(image, source, Fused, cancellation);
        else
            RunPasses();
        return new SegmentationPrediction(SegmentationMask.Adopt(height, width, ids, Labels), confidence, probabilities);

        void Fused(ReadOnlySpan<float> logits, int rows, int columns)
        {
            FusedArgMax.Compute(logits, classes, rows, columns, ids, height, width);
            if (details != PredictionDetails.None)
                FusedSoftmax.Compute(logits, classes, rows, columns, confidence, probabilities, height, width);
        }

        void RunPasses()
        {
            using var held = _session.Hold();
            float[] terms = probabilities is null ? [] : new float[classes];
            MultiPassScorer.Run(this, image, source, inference, (row, scores, lanes) =>
            {
                for (int x = 0, at = row * width; x < width; x++, at++)
                {
                    var pixel = scores.Slice(x * lanes, classes);
                    int largest = TensorPrimitives.IndexOfMax(pixel);
                    ids[at] = (byte)largest;
                    if (details == PredictionDetails.None)
                        continue;
                    float likeliest = FusedSoftmax.Pixel(pixel, pixel[largest], terms);
                    confidence?[at] = likeliest;
                    for (int id = 0; id < terms.Length; id++)
                        probabilities![(id * plane) + at] = terms[id]; // there are terms only with them
                }
            }, cancellation);
        }
    }

    // The size that a file's image may be decoded at: one pass sees no more than the model's fixed size.
    private (int Height, int Width)? Enough(InferenceOptions inference) =>
        Options.ReducedDecoding && inference.IsSinglePass && Height is { } height && Width is { } width ? (height, width) : null;

    /// <exception cref="InvalidDataException">[K, H, W] is more than an array holds.</exception>
    internal float[] AllocateScores(int height, int width)
    {
        long length = (long)Labels.ClassCount * height * width;
        return length <= Array.MaxLength
            ? GC.AllocateUninitializedArray<float>((int)length)
            : throw new InvalidDataException($"{Labels.ClassCount} probabilities for each of {height} x {width} pixels (height x width) are more than an array holds. Ask for the confidence alone, or cut the image.");
    }

    /// <summary>The mean of the raw scores, [K, H, W] at the image's size.</summary>
    internal float[] RunScores(PixelImage image, InferenceOptions inference)
    {
        int classes = Labels.ClassCount, plane = image.Height * image.Width;
        var result = new float[classes * plane];
        using var held = _session.Hold();
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
}
