// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A mask with what else was asked for: the probabilities it was chosen by, the image.</summary>
/// <remarks>
/// Probabilities are the softmax of the scores that decide the mask, enlarged to the image's size: of the mean over the passes where there are
/// several. Immutable and owned by the garbage collector.
/// </remarks>
public sealed class SegmentationPrediction
{
    private readonly float[]? _confidence;
    private readonly float[]? _probabilities;
    private readonly PixelImage? _image;

    internal SegmentationPrediction(SegmentationMask mask, float[]? confidence, float[]? probabilities, PixelImage? image) =>
        (Mask, _confidence, _probabilities, _image) = (mask, confidence, probabilities, image);

    internal ReadOnlyMemory<float> ConfidenceMemory => _confidence;

    internal ReadOnlyMemory<float> ProbabilityMemory => _probabilities;

    /// <summary>The likeliest class of each pixel.</summary>
    public SegmentationMask Mask { get; }

    /// <summary>The probability of each pixel's class, [H, W], row by row: from 1 / K to 1.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for.</exception>
    public ReadOnlySpan<float> Confidence => _confidence ?? throw NotAsked(PredictionDetails.Confidence);

    /// <summary>The probability of every class at each pixel, [K, H, W]: class by class, row by row; those of a pixel sum to 1.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for.</exception>
    public ReadOnlySpan<float> Probabilities => _probabilities ?? throw NotAsked(PredictionDetails.Probabilities);

    /// <summary>The probability of one class at each pixel, [H, W].</summary>
    /// <param name="id">A train id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    /// <exception cref="InvalidOperationException">Probabilities were not asked for.</exception>
    public ReadOnlySpan<float> GetProbabilities(int id)
    {
        int plane = Mask.Height * Mask.Width;
        var all = Probabilities;
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, all.Length / plane);
        return all.Slice(id * plane, plane);
    }

    /// <summary>Writes the confidence as an 8-bit gray PNG, 255 where it is 1; the file appears whole or not at all.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <exception cref="InvalidOperationException">Confidence was not asked for.</exception>
    public void SaveConfidence(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var confidence = Confidence;
        var gray = GC.AllocateUninitializedArray<byte>(confidence.Length);
        for (int i = 0; i < gray.Length; i++)
            gray[i] = (byte)((confidence[i] * 255) + 0.5f);
        AtomicFile.Write(path, stream => PngIndexWriter.WriteGray(stream, gray, Mask.Height, Mask.Width), survivesPowerLoss: false);
    }

    /// <summary>Writes a picture for people: the image with each class's colour laid over it, as PNG. It is not decoded again.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public void SaveOverlay(string path, double opacity = 0.5)
    {
        ArgumentNullException.ThrowIfNull(path);
        Mask.SaveOverlay(_image ?? throw NotAsked(PredictionDetails.Image), path, opacity);
    }

    private static InvalidOperationException NotAsked(PredictionDetails details) =>
        new($"The prediction was made without {nameof(PredictionDetails)}.{details}. Ask for it when predicting.");
}
