// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>Inference options in a saved transformer.</summary>
internal static class SavedInference
{
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

    public static InferenceOptions Read(BinaryReader reader)
    {
        var scales = new List<double>();
        for (int left = reader.ReadInt32(); left > 0; left--)
            scales.Add(reader.ReadDouble());
        bool flip = reader.ReadBoolean();
        var window = reader.ReadBoolean()
            ? new SlidingWindow { Height = reader.ReadInt32(), Width = reader.ReadInt32(), Overlap = reader.ReadDouble(), Blending = (TileBlending)reader.ReadInt32() }
            : null;
        return new InferenceOptions { Scales = scales, Flip = flip, SlidingWindow = window };
    }
}
