// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>Inference options in a saved transformer.</summary>
internal static class SavedInference
{
    private const int MostScales = 1000;

    public static void Write(BinaryWriter writer, InferenceOptions options)
    {
        writer.Write(options.Scales.Count);
        foreach (double scale in options.Scales)
            writer.Write(scale);
        writer.Write(options.Flip);
        writer.Write(options.SlidingWindow is not null);
        if (options.SlidingWindow is { } window)
        {
            writer.Write(window.Height);
            writer.Write(window.Width);
            writer.Write(window.Overlap);
            writer.Write((int)window.Blending);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">There are more scales than anybody passes over an image.</exception>
    public static InferenceOptions Read(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count is < 1 or > MostScales)
            throw new InvalidDataException($"The saved inference options have {count} scales; there are 1 to {MostScales}. Save the model again.");
        var scales = new double[count];
        for (int i = 0; i < count; i++)
            scales[i] = reader.ReadDouble();
        bool flip = reader.ReadBoolean();
        var window = reader.ReadBoolean()
            ? new SlidingWindow
            {
                Height = reader.ReadInt32(),
                Width = reader.ReadInt32(),
                Overlap = reader.ReadDouble(),
                Blending = SavedChoice.Of<TileBlending>(reader.ReadInt32()),
            }
            : null;
        return new InferenceOptions { Scales = scales, Flip = flip, SlidingWindow = window };
    }
}
