// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A mask with what else was asked for: the probabilities it was chosen by, the image.</summary>
/// <remarks>
/// Probabilities are the softmax of the scores that decide the mask, enlarged to the image's size: of the mean over the passes where there are
/// several. Immutable and owned by the garbage collector.
/// </remarks>
/// <example>
/// <code>
/// SegmentationPrediction prediction = segmenter.PredictDetailed("street.png", PredictionDetails.Confidence | PredictionDetails.Image);
/// Console.WriteLine($"sure of pixel (10, 20): {prediction.Confidence[(10 * prediction.Mask.Width) + 20]:p0}");
/// prediction.SaveOverlay("street-overlay.png");
/// prediction.SaveConfidence("street-confidence.png");
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "Paths, streams, bytes and images tell the overloads apart.")]
public sealed class SegmentationPrediction
{
    private readonly float[]? _confidence;
    private readonly float[]? _probabilities;
    private readonly PixelImage? _image;
    private readonly SegmentationFlow? _flow;

    internal SegmentationPrediction(SegmentationMask mask, float[]? confidence, float[]? probabilities, PixelImage? image, SegmentationFlow? flow = null) =>
        (Mask, _confidence, _probabilities, _image, _flow) = (mask, confidence, probabilities, image, flow);

    internal ReadOnlyMemory<float> ConfidenceMemory => _confidence;

    internal ReadOnlyMemory<float> ProbabilityMemory => _probabilities;

    internal SegmentationFlow? FlowOrNull => _flow;

    /// <summary>The likeliest class of each pixel.</summary>
    public SegmentationMask Mask { get; }

    /// <summary>What was asked for, and is given besides the mask.</summary>
    public PredictionDetails Details =>
        (_confidence is null ? PredictionDetails.None : PredictionDetails.Confidence) | (_probabilities is null ? PredictionDetails.None : PredictionDetails.Probabilities)
        | (_image is null ? PredictionDetails.None : PredictionDetails.Image) | (_flow is null ? PredictionDetails.None : PredictionDetails.Flow);

    /// <summary>The decoded image.</summary>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public SegmentationPicture Image => new(_image ?? throw NotAsked(PredictionDetails.Image));

    /// <summary>The probability of each pixel's class, [H, W], row by row: from 1 / K to 1.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for.</exception>
    public ReadOnlySpan<float> Confidence => _confidence ?? throw NotAsked(PredictionDetails.Confidence);

    /// <summary>The probability of every class at each pixel, [K, H, W]: class by class, row by row; those of a pixel sum to 1.</summary>
    /// <exception cref="InvalidOperationException">They were not asked for.</exception>
    public ReadOnlySpan<float> Probabilities => _probabilities ?? throw NotAsked(PredictionDetails.Probabilities);

    /// <summary>The flow field that the network learned, of one pass over the whole image whatever the passes of the mask.</summary>
    /// <exception cref="InvalidOperationException">It was not asked for.</exception>
    public SegmentationFlow Flow => _flow ?? throw NotAsked(PredictionDetails.Flow);

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

    /// <summary>How undecided the network is at each pixel, [H, W] row by row: −Σ p ln p / ln K, from 0 for one class alone to 1 for all alike.</summary>
    /// <returns>The entropy of the probabilities; 0 everywhere for a single class.</returns>
    /// <exception cref="InvalidOperationException">Probabilities were not asked for.</exception>
    public float[] GetEntropy()
    {
        var all = Probabilities;
        int plane = Mask.Height * Mask.Width, classes = all.Length / plane;
        var entropy = new float[plane];
        if (classes == 1)
            return entropy;
        double most = Math.Log(classes);
        for (int pixel = 0; pixel < plane; pixel++)
        {
            double sum = 0;
            for (int at = pixel; at < all.Length; at += plane)
                sum -= all[at] > 0 ? all[at] * Math.Log(all[at]) : 0;
            entropy[pixel] = (float)Math.Clamp(sum / most, 0, 1);
        }

        return entropy;
    }

    /// <summary>The second likeliest class of each pixel; ignored pixels where the model knows one class.</summary>
    /// <exception cref="InvalidOperationException">Probabilities were not asked for.</exception>
    public SegmentationMask GetSecondChoice()
    {
        var all = Probabilities;
        int plane = Mask.Height * Mask.Width, classes = all.Length / plane;
        var ids = new byte[plane];
        var first = Mask.Ids;
        for (int pixel = 0; pixel < plane; pixel++)
        {
            int second = LabelMap.IgnoreId;
            for (int id = 0; id < classes; id++)
            {
                if (id != first[pixel] && (second == LabelMap.IgnoreId || all[(id * plane) + pixel] > all[(second * plane) + pixel]))
                    second = id;
            }

            ids[pixel] = (byte)second;
        }

        return SegmentationMask.Adopt(Mask.Height, Mask.Width, ids, Mask.Labels);
    }

    /// <summary>Writes the confidence as an 8-bit gray PNG, 255 where it is 1; the file appears whole or not at all.</summary>
    /// <param name="path">The file to write; an earlier one is replaced. It is a PNG, so a name that ends as another image format does is refused.</param>
    /// <exception cref="ArgumentException">The name ends as another image format does.</exception>
    /// <exception cref="InvalidOperationException">Confidence was not asked for.</exception>
    public void SaveConfidence(string path)
    {
        PictureEncoder.RefuseOtherFormats(path, "shares");
        var gray = ToGray();
        AtomicFile.Write(path, stream => PngIndexWriter.WriteGray(stream, gray, Mask.Height, Mask.Width), survivesPowerLoss: false);
    }

    /// <summary>Writes the PNG of <see cref="SaveConfidence(string)"/> to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">Confidence was not asked for.</exception>
    public void SaveConfidence(Stream stream)
    {
        OutputStream.Check(stream);
        PngIndexWriter.WriteGray(stream, ToGray(), Mask.Height, Mask.Width);
    }

    /// <summary>The bytes of the PNG that <see cref="SaveConfidence(string)"/> writes.</summary>
    /// <exception cref="InvalidOperationException">Confidence was not asked for.</exception>
    public byte[] ToConfidencePng() => OutputStream.ToBytes(SaveConfidence);

    /// <summary>Writes a picture for people: the image with each class's colour laid over it. It is not decoded again.</summary>
    /// <param name="path">The file to write; an earlier one is replaced.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG; null for what the file's name ends in.</param>
    /// <exception cref="ArgumentException">Neither the name nor the format says how to write it.</exception>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public void SaveOverlay(string path, double opacity = 0.5, PictureFormat? format = null)
    {
        var chosen = format ?? PictureEncoder.FormatOf(path);
        PictureEncoder.Save(Overlay(opacity), path, chosen);
    }

    /// <summary>Writes the picture of <see cref="SaveOverlay(string, double, PictureFormat?)"/> to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public void SaveOverlay(Stream stream, double opacity = 0.5, PictureFormat format = PictureFormat.Png)
    {
        OutputStream.Check(stream);
        PictureEncoder.Write(Overlay(opacity), stream, format);
    }

    /// <summary>The bytes of the PNG that <see cref="SaveOverlay(Stream, double, PictureFormat)"/> writes.</summary>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    /// <exception cref="InvalidOperationException">The image was not asked for.</exception>
    public byte[] ToOverlayPng(double opacity = 0.5) => OutputStream.ToBytes(stream => SaveOverlay(stream, opacity));

    private PixelImage Overlay(double opacity) => Mask.Overlay(_image ?? throw NotAsked(PredictionDetails.Image), source: null, opacity);

    private byte[] ToGray()
    {
        var confidence = Confidence;
        var gray = GC.AllocateUninitializedArray<byte>(confidence.Length);
        for (int i = 0; i < gray.Length; i++)
            gray[i] = (byte)((confidence[i] * 255) + 0.5f);
        return gray;
    }

    private static InvalidOperationException NotAsked(PredictionDetails details) =>
        new($"The prediction was made without {nameof(PredictionDetails)}.{details}. Ask for it when predicting.");
}
