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
        return Predict(ImageCodec.Decode(path), Path.GetFileName(path), inference, cancellationToken);
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
        return Predict(ImageCodec.Decode(stream, "stream"), source: null, inference, cancellationToken);
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
        return Predict(ImageCodec.Decode(bytes, "bytes"), source: null, inference, cancellationToken);
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
        return Predict(MLImageConversion.ToPixels(image), source: null, inference, cancellationToken);
    }

    internal SegmentationMask Predict(PixelImage image, string? source, InferenceOptions inference, CancellationToken cancellation = default)
    {
        if (inference.IsSinglePass)
            return Predict(image, source, cancellation);

        int classes = Labels.ClassCount;
        var ids = GC.AllocateUninitializedArray<byte>(image.Height * image.Width);
        using var held = _session.Hold();
        MultiPassScorer.Run(this, image, source, inference, (row, scores, lanes) =>
        {
            var line = ids.AsSpan(row * image.Width, image.Width);
            for (int x = 0; x < line.Length; x++)
                line[x] = (byte)TensorPrimitives.IndexOfMax(scores.Slice(x * lanes, classes));
        }, cancellation);
        return SegmentationMask.Adopt(image.Height, image.Width, ids, Labels);
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
