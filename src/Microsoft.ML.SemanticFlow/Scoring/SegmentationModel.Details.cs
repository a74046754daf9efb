// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

public sealed partial class SegmentationModel
{
    /// <summary>Labels the pixels of an image file and says how likely each label is.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file.</param>
    /// <param name="details">What to compute besides the mask.</param>
    /// <param name="inference">The passes; null for one over the whole image.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image, is damaged, or has a size that the passes or the details cannot use.</exception>
    public SegmentationPrediction Predict(string path, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        inference ??= _once;
        using var image = ImageCodec.Decode(path, Enough(inference), rent: true);
        return Predict(image, Path.GetFileName(path), details, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image and says how likely each label is.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <param name="details">What to compute besides the mask.</param>
    /// <param name="inference">The passes; null for one over the whole image.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The stream holds no image, a damaged one, or one of a size that the passes or the details cannot use.</exception>
    public SegmentationPrediction Predict(Stream stream, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        inference ??= _once;
        using var image = ImageCodec.Decode(stream, "stream", Enough(inference), rent: true);
        return Predict(image, source: null, details, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image and says how likely each label is.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <param name="details">What to compute besides the mask.</param>
    /// <param name="inference">The passes; null for one over the whole image.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The bytes are no image, a damaged one, or one of a size that the passes or the details cannot use.</exception>
    public SegmentationPrediction Predict(ReadOnlySpan<byte> bytes, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        inference ??= _once;
        using var image = ImageCodec.Decode(bytes, "bytes", Enough(inference), rent: true);
        return Predict(image, source: null, details, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of a decoded image and says how likely each label is.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <param name="details">What to compute besides the mask.</param>
    /// <param name="inference">The passes; null for one over the whole image.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The image has a size that the passes or the details cannot use.</exception>
    public SegmentationPrediction Predict(MLImage image, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        return Predict(pixels, source: null, details, inference ?? _once, cancellationToken);
    }
}
