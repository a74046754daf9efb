// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Reads and writes masks as PNG files of class ids.</summary>
internal static class MaskCodec
{
    private const byte Unknown = 1;

    /// <summary>Reads a gray or palette PNG and translates its ids to train ids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">What the ids mean.</param>
    /// <param name="ids">Which ids the file holds.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no mask, is damaged, or holds an id that the map does not know.</exception>
    public static SegmentationMask Load(string path, LabelMap labels, MaskIds ids = MaskIds.Raw)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(labels);
        return ToMask(PngIndexReader.Read(path), Path.GetFileName(path), labels, ids);
    }

    /// <summary>Reads a file's bytes as <see cref="Load(string, LabelMap, MaskIds)"/> reads a file.</summary>
    public static SegmentationMask Load(byte[] file, string source, LabelMap labels, MaskIds ids = MaskIds.Raw) =>
        ToMask(PngIndexReader.Read(file, source), source, labels, ids);

    /// <summary>Writes an 8-bit palette PNG in the label map's colours; the file appears whole or not at all.</summary>
    /// <param name="mask">What to write.</param>
    /// <param name="path">Where to.</param>
    /// <param name="ids">Which ids to write; a mask without a label map has only its own.</param>
    public static void Save(SegmentationMask mask, string path, MaskIds ids)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(path);
        bool isRaw = mask.Labels is not null && ids == MaskIds.Raw;
        byte[] table = isRaw ? RawIds(mask, mask.Labels!) : [];
        var palette = isRaw ? ColorPalette.ForRawIds(mask.Labels!) : ColorPalette.ForTrainIds(mask.Labels);
        AtomicFile.Write(path, stream => PngIndexWriter.Write(stream, mask.Ids, table, mask.Height, mask.Width, palette.Colors), survivesPowerLoss: false);
    }

    private static SegmentationMask ToMask(PngSamples png, string source, LabelMap labels, MaskIds ids)
    {
        var samples = png.BitDepth == 16 ? Narrow(png, source, labels, ids) : png.Samples;
        Span<byte> trainIds = stackalloc byte[256];
        Span<byte> unknown = stackalloc byte[256];
        for (int id = 0; id < 256; id++)
            unknown[id] = TryTranslate(labels, ids, (byte)id, out trainIds[id]) ? (byte)0 : Unknown;

        // The samples are ours alone: translate in place, and look for the culprit only when there is one.
        byte seen = 0;
        foreach (byte id in samples)
            seen |= unknown[id];
        if (seen == Unknown)
        {
            int at = 0;
            while (unknown[samples[at]] != Unknown)
                at++;
            throw UnknownId(source, samples[at], at, png.Width, labels, ids);
        }

        for (int i = 0; i < samples.Length; i++)
            samples[i] = trainIds[samples[i]];
        return SegmentationMask.Adopt(png.Height, png.Width, samples, labels);
    }

    private static byte[] Narrow(PngSamples png, string source, LabelMap labels, MaskIds ids)
    {
        int at = png.WideSamples.AsSpan().IndexOfAnyExceptInRange((ushort)0, (ushort)255);
        if (at >= 0)
            throw UnknownId(source, png.WideSamples[at], at, png.Width, labels, ids);
        return Array.ConvertAll(png.WideSamples, sample => (byte)sample);
    }

    private static bool TryTranslate(LabelMap labels, MaskIds ids, byte id, out byte trainId)
    {
        if (ids == MaskIds.Raw)
            return labels.TryGetTrainId(id, out trainId);
        trainId = id;
        return id < labels.ClassCount || id == LabelMap.IgnoreId;
    }

    /// <summary>The raw id of each train id.</summary>
    /// <exception cref="ArgumentException">The mask holds an id that has none.</exception>
    private static byte[] RawIds(SegmentationMask mask, LabelMap labels)
    {
        int classes = labels.ClassCount;
        if (classes < LabelMap.IgnoreId && mask.Ids.IndexOfAnyInRange((byte)classes, (byte)(LabelMap.IgnoreId - 1)) is >= 0 and var at)
            throw new ArgumentException($"The mask holds class id {mask.Ids[at]} at row {at / mask.Width}, column {at % mask.Width}; label map '{labels.Name}' has {classes} classes, so there is no raw id for it. Write the train ids instead.", nameof(mask));
        byte[] rawIds = new byte[256];
        for (int id = 0; id < classes; id++)
            rawIds[id] = labels.Classes[id].RawId;
        rawIds[LabelMap.IgnoreId] = RawIgnoreId(labels);
        return rawIds;
    }

    /// <summary>255, unless the label space gives that raw id to a class.</summary>
    private static byte RawIgnoreId(LabelMap labels)
    {
        for (int rawId = 255; rawId >= 0; rawId--)
        {
            if (labels.TryGetTrainId((byte)rawId, out byte trainId) && trainId == LabelMap.IgnoreId)
                return (byte)rawId;
        }

        return LabelMap.IgnoreId;
    }

    private static InvalidDataException UnknownId(string source, int id, int at, int width, LabelMap labels, MaskIds ids) =>
        new($"Mask '{source}' holds class id {id} at row {at / width}, column {at % width}; label map '{labels.Name}' knows {KnownIds(labels, ids)}. Read it with the map it was drawn with.");

    /// <summary>The known ids as ranges, such as "0 to 33" or "0 to 4, 7"; 255 goes without saying.</summary>
    private static string KnownIds(LabelMap labels, MaskIds ids)
    {
        var ranges = new List<string>();
        for (int id = 0; id < LabelMap.IgnoreId; id++)
        {
            if (!TryTranslate(labels, ids, (byte)id, out _))
                continue;
            int first = id;
            while (id + 1 < LabelMap.IgnoreId && TryTranslate(labels, ids, (byte)(id + 1), out _))
                id++;
            ranges.Add(first == id ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first} to {id}"));
        }

        return ranges.Count > 0 ? string.Join(", ", ranges) : "255 alone";
    }
}
