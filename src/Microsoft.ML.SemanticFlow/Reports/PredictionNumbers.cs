// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json.Serialization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>What a prediction says in numbers: how sure it is of each class, and what else it took it for.</summary>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="MeanConfidence">The mean probability of the pixels' classes.</param>
/// <param name="UnsureShare">The share of pixels whose class has a probability below a half.</param>
/// <param name="MeanEntropy">The mean of −Σ p ln p / ln K.</param>
/// <param name="Classes">Those that occur in the mask, the largest first.</param>
/// <param name="Flow">Of the learned flow field; null where there is none.</param>
internal sealed record PredictionNumbers(
    int Height, int Width, double MeanConfidence, double UnsureShare, double MeanEntropy, IReadOnlyList<PredictionNumbers.OfClass> Classes, PredictionNumbers.OfFlow? Flow)
{
    /// <param name="Name">The class.</param>
    /// <param name="Id">Its train id.</param>
    /// <param name="Pixels">Pixels of the class.</param>
    /// <param name="Share">Their share of the image.</param>
    /// <param name="MeanConfidence">The mean probability of the class over them.</param>
    /// <param name="MeanEntropy">The mean entropy over them.</param>
    /// <param name="ConfusedWith">The other classes, the likeliest first.</param>
    internal sealed record OfClass(string Name, int Id, long Pixels, double Share, double MeanConfidence, double MeanEntropy, IReadOnlyList<Confusion> ConfusedWith);

    /// <param name="Name">The other class.</param>
    /// <param name="Id">Its train id.</param>
    /// <param name="MeanProbability">Its mean probability over the pixels of the class.</param>
    /// <param name="SecondPixels">Those of them where it is the second choice.</param>
    internal sealed record Confusion(string Name, int Id, double MeanProbability, long SecondPixels);

    /// <param name="Height">Rows of cells.</param>
    /// <param name="Width">Columns of cells.</param>
    /// <param name="MeanVector">The mean length of the vectors, in pixels of the image.</param>
    /// <param name="LongestVector">The length of the longest.</param>
    internal sealed record OfFlow(int Height, int Width, double MeanVector, double LongestVector);

    /// <summary>Works the numbers out.</summary>
    /// <param name="prediction">With probabilities; with a flow where there is one.</param>
    /// <param name="entropy">Of each pixel.</param>
    /// <param name="second">The second choice of each pixel.</param>
    public static PredictionNumbers Of(SegmentationPrediction prediction, ReadOnlySpan<float> entropy, SegmentationMask second)
    {
        var mask = prediction.Mask;
        ReadOnlySpan<byte> ids = mask.Ids, seconds = second.Ids;
        var all = prediction.Probabilities;
        int plane = ids.Length, classes = all.Length / plane;
        var pixels = new long[classes];
        var entropies = new double[classes];
        double[][] sums = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        long[][] secondPixels = [.. Enumerable.Range(0, classes).Select(_ => new long[classes])];
        long unsure = 0;
        for (int i = 0; i < plane; i++)
        {
            int id = ids[i];
            pixels[id]++;
            entropies[id] += entropy[i];
            unsure += all[(id * plane) + i] < 0.5f ? 1 : 0;
            for (int other = 0; other < classes; other++)
                sums[id][other] += all[(other * plane) + i];
            if (seconds[i] < classes)
                secondPixels[id][seconds[i]]++;
        }

        var found = Enumerable.Range(0, classes).Where(id => pixels[id] > 0).OrderByDescending(id => pixels[id]).Select(id => new OfClass(
            NameOf(id), id, pixels[id], pixels[id] / (double)plane, sums[id][id] / pixels[id], entropies[id] / pixels[id],
            [.. Enumerable.Range(0, classes).Where(other => other != id).OrderByDescending(other => sums[id][other])
                .Select(other => new Confusion(NameOf(other), other, sums[id][other] / pixels[id], secondPixels[id][other]))]));
        return new PredictionNumbers(
            mask.Height, mask.Width, Enumerable.Range(0, classes).Sum(id => sums[id][id]) / plane, unsure / (double)plane, entropies.Sum() / plane, [.. found],
            prediction.FlowOrNull is { } flow ? new OfFlow(flow.Height, flow.Width, Mean(flow), flow.LongestVector) : null);

        string NameOf(int id) => id < mask.Labels?.ClassCount ? mask.Labels.Classes[id].Name : FormattableString.Invariant($"class {id}");
    }

    private static double Mean(SegmentationFlow flow)
    {
        double sum = 0;
        for (int i = 0; i < flow.X.Length; i++)
            sum += Math.Sqrt(((double)flow.X[i] * flow.X[i]) + ((double)flow.Y[i] * flow.Y[i]));
        return sum / flow.X.Length;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PredictionNumbers))]
internal sealed partial class PredictionJson : JsonSerializerContext;
