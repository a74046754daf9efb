// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Measures;

/// <summary>One image as measures see it: ids are those of classes, or 255.</summary>
internal readonly ref struct MeasuredImage
{
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="truth">Ids of the ground truth.</param>
    /// <param name="prediction">Ids of the prediction.</param>
    /// <param name="evidence">What else is known.</param>
    /// <param name="what">How messages call the image, with a space before it; empty where it has no name.</param>
    public MeasuredImage(
        int height, int width, int classes, ReadOnlySpan<byte> truth, ReadOnlySpan<byte> prediction, SegmentationEvidence? evidence, string what)
    {
        (Height, Width, Classes, What) = (height, width, classes, what);
        Truth = OnlyClasses(truth, classes);
        Prediction = OnlyClasses(prediction, classes);
        if (evidence is null)
            return;
        Probabilities = evidence.Probabilities.Span;
        Confidence = evidence.Confidence.Span;
        Instances = evidence.Instances.Span;
        CheckLength(Probabilities.Length, (long)classes * height * width, "probabilities", "[K, H, W]");
        CheckLength(Confidence.Length, (long)height * width, "confidence", "[H, W]");
        CheckLength(Instances.Length, (long)height * width, "instance ids", "[H, W]");
    }

    public int Height { get; }

    public int Width { get; }

    public int Classes { get; }

    public string What { get; }

    public ReadOnlySpan<byte> Truth { get; }

    public ReadOnlySpan<byte> Prediction { get; }

    /// <summary>[K, H, W], or empty.</summary>
    public ReadOnlySpan<float> Probabilities { get; }

    /// <summary>[H, W], or empty.</summary>
    public ReadOnlySpan<float> Confidence { get; }

    /// <summary>[H, W], or empty.</summary>
    public ReadOnlySpan<int> Instances { get; }

    /// <summary>The prediction where the truth counts, 255 elsewhere.</summary>
    public byte[] PredictionWhereCounted()
    {
        byte[] kept = Prediction.ToArray();
        var truth = Truth;
        for (int i = 0; i < kept.Length; i++)
        {
            if (truth[i] == LabelMap.IgnoreId)
                kept[i] = LabelMap.IgnoreId;
        }

        return kept;
    }

    /// <summary>The share that a model gave a pixel, which rounding may have taken past 1.</summary>
    /// <exception cref="InvalidDataException">It is no probability.</exception>
    public double Probability(float value, int pixel)
    {
        const float rounding = 1e-4f; // sums of float16 networks
        return value >= 0 && value <= 1 + rounding
            ? Math.Min(value, 1.0)
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The probabilities{What} hold {value} at row {pixel / Width}, column {pixel % Width}. They must be from 0 to 1: apply the softmax first."));
    }

    private static ReadOnlySpan<byte> OnlyClasses(ReadOnlySpan<byte> ids, int classes)
    {
        if (classes == LabelMap.IgnoreId || !ids.ContainsAnyInRange((byte)classes, (byte)(LabelMap.IgnoreId - 1)))
            return ids;
        byte[] kept = ids.ToArray();
        foreach (ref byte id in kept.AsSpan())
        {
            if (id >= classes)
                id = LabelMap.IgnoreId;
        }

        return kept;
    }

    private void CheckLength(int length, long expected, string what, string shape)
    {
        if (length != 0 && length != expected)
            throw new InvalidDataException(
                $"There are {length} {what}{What} for {Height} x {Width} pixels (height x width) and {Classes} classes; {expected} belong there, {shape}.");
    }
}
