// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Masks in colours: each pixel in exactly the colour that the label map gives a class, or something that is ignored.</summary>
internal static class ColorMask
{
    private const uint Rgb = 0xFFFFFF; // of a pixel read as a little-endian number; alpha says nothing

    /// <exception cref="InvalidDataException">It is no PNG, is damaged, or holds a colour that the map does not know.</exception>
    public static SegmentationMask Load(string path, LabelMap labels)
    {
        using var file = RegularFile.OpenRead(path);
        return Load(OutputStream.ToBytes(file.CopyTo), Path.GetFileName(path), labels);
    }

    /// <inheritdoc cref="Load(string, LabelMap)"/>
    public static SegmentationMask Load(byte[] file, string source, LabelMap labels)
    {
        if (!file.AsSpan().StartsWith(PngIndexReader.Signature))
            throw new InvalidDataException($"'{source}' is not a PNG file. Masks in colours are read from PNG alone: other formats change colours.");
        var colors = labels.ReadColors();
        using var image = ImageCodec.Decode(file, source, rent: true);
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        var ids = GC.AllocateUninitializedArray<byte>(pixels.Length);
        uint last = Rgb + 1;
        byte id = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            uint color = pixels[i] & Rgb;
            if (color != last && !colors.TryGetValue((int)(last = color), out id))
                throw Strange(pixels, i, image.Width, source, labels, colors);
            ids[i] = id;
        }

        return SegmentationMask.Adopt(image.Height, image.Width, ids, labels);
    }

    /// <exception cref="ArgumentException">The mask has no label map, or a pixel is ignored and the map has no colour for that.</exception>
    public static void Write(SegmentationMask mask, Stream stream)
    {
        if (mask.Labels is not { } labels)
            throw new ArgumentException("The mask has no label map, so its classes have no colours. Write its ids.", nameof(mask));
        if (mask.Ids.IndexOf(LabelMap.IgnoreId) is >= 0 and var at && (!labels.ReadColors().TryGetValue(0, out byte black) || black != LabelMap.IgnoreId))
            throw new ArgumentException($"The mask ignores the pixel at row {at / mask.Width}, column {at % mask.Width}, which is drawn in black; label map '{labels.Name}' has no row for it. Give it a black one with train id 255, or write ids.", nameof(mask));
        mask.SaveColor(stream);
    }

    private static InvalidDataException Strange(ReadOnlySpan<uint> pixels, int at, int width, string source, LabelMap labels, IReadOnlyDictionary<int, byte> known)
    {
        var strange = new HashSet<uint>();
        long count = 0;
        foreach (uint pixel in pixels[at..])
        {
            if (known.ContainsKey((int)(pixel & Rgb)))
                continue;
            strange.Add(pixel & Rgb);
            count++;
        }

        uint first = pixels[at];
        string edges = strange.Count > 1 ? " Many strange colours are those of smoothed edges or of an earlier JPEG: export the masks anew, without smoothing." : "";
        return new InvalidDataException(
            $"Mask '{source}' holds colour ({first >> 16 & 0xFF}, {first >> 8 & 0xFF}, {first & 0xFF}) at row {at / width}, column {at % width}, which label map '{labels.Name}' does not know; " +
            $"{count} of its {pixels.Length} pixels are in {strange.Count} such colours. Read it with the map it was drawn with.{edges}");
    }
}
