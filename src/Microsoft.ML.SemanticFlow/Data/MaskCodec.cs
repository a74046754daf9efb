// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Reads and writes masks as PNG files of class ids.</summary>
internal static class MaskCodec
{
    private const byte Unknown = 1;

    /// <summary>Reads a gray or palette PNG, or one in colours, and translates its ids to train ids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">What the ids mean.</param>
    /// <param name="ids">Which ids the file holds.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no mask, is damaged, or holds an id that the map does not know.</exception>
    public static SegmentationMask Load(string path, LabelMap labels, MaskIds ids = MaskIds.Raw)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(labels);
        return ids == MaskIds.Color
            ? ColorMask.Load(path, labels)
            : ToMask(PngIndexReader.Read(path), Path.GetFileName(path), labels, ids);
    }

    /// <summary>Reads a file's bytes as <see cref="Load(string, LabelMap, MaskIds)"/> reads a file.</summary>
    public static SegmentationMask Load(byte[] file, string source, LabelMap labels, MaskIds ids = MaskIds.Raw) => ids == MaskIds.Color
        ? ColorMask.Load(file, source, labels)
        : ToMask(PngIndexReader.Read(file, source), source, labels, ids);

    /// <summary>Reads what is left of a stream as <see cref="Load(string, LabelMap, MaskIds)"/> reads a file.</summary>
    public static SegmentationMask Load(Stream stream, string source, LabelMap labels, MaskIds ids = MaskIds.Raw)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(labels);
        return Load(OutputStream.ToBytes(stream.CopyTo), source, labels, ids);
    }

    /// <summary>Writes a file as <see cref="Write"/> does; it appears whole or not at all.</summary>
    public static void Save(SegmentationMask mask, string path, MaskIds ids)
    {
        PictureEncoder.RefuseOtherFormats(path, "class ids");
        AtomicFile.Write(path, stream => Write(mask, stream, ids), survivesPowerLoss: false);
    }

    /// <summary>Writes an 8-bit palette PNG in the label map's colours, or a 16-bit gray one where raw ids need it.</summary>
    /// <param name="mask">What to write.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="ids">Which ids to write, or colours; a mask without a label map has only its own ids.</param>
    public static void Write(SegmentationMask mask, Stream stream, MaskIds ids)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (ids == MaskIds.Color)
            ColorMask.Write(mask, stream);
        else if (mask.Labels is { } labels && ids == MaskIds.Raw)
            WriteRaw(mask, labels, stream);
        else
            PngIndexWriter.Write(stream, mask.Ids, table: [], mask.Height, mask.Width, ColorPalette.ForTrainIds(mask.Labels).Colors);
    }

    // The map decides on the bits, not the mask: files of one folder are alike.
    private static void WriteRaw(SegmentationMask mask, LabelMap labels, Stream stream)
    {
        var table = RawIds(mask, labels);
        if (table.Max() > 255)
            PngIndexWriter.WriteGray16(stream, mask.Ids, table, mask.Height, mask.Width);
        else
            PngIndexWriter.Write(stream, mask.Ids, Array.ConvertAll(table, id => (byte)id), mask.Height, mask.Width, ColorPalette.ForRawIds(labels).Colors);
    }

    private static SegmentationMask ToMask(PngSamples png, string source, LabelMap labels, MaskIds ids)
    {
        if (png.BitDepth == 16)
            return ToMask16(png, source, labels, ids);

        var samples = png.Samples;
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

    private static SegmentationMask ToMask16(PngSamples png, string source, LabelMap labels, MaskIds ids)
    {
        var samples = png.WideSamples;
        var trainIds = new byte[samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            if (!TryTranslate(labels, ids, samples[i], out trainIds[i]))
                throw UnknownId(source, samples[i], i, png.Width, labels, ids);
        }

        return SegmentationMask.Adopt(png.Height, png.Width, trainIds, labels);
    }

    private static bool TryTranslate(LabelMap labels, MaskIds ids, ushort id, out byte trainId)
    {
        if (ids == MaskIds.Raw)
            return labels.TryGetTrainId(id, out trainId);
        trainId = (byte)id;
        return id < labels.ClassCount || id == LabelMap.IgnoreId;
    }

    /// <summary>The raw id of each train id; 0 where there is none.</summary>
    /// <exception cref="ArgumentException">The mask holds an id that has none.</exception>
    private static ushort[] RawIds(SegmentationMask mask, LabelMap labels)
    {
        int classes = labels.ClassCount;
        if (classes < LabelMap.IgnoreId && mask.Ids.IndexOfAnyInRange((byte)classes, (byte)(LabelMap.IgnoreId - 1)) is >= 0 and var at)
            throw new ArgumentException(
                $"The mask holds class id {mask.Ids[at]} at row {at / mask.Width}, column {at % mask.Width}; " +
                $"label map '{labels.Name}' has {classes} classes, so there is no raw id for it. Write the train ids instead.", nameof(mask));
        var rawIds = new ushort[256];
        for (int id = 0; id < classes; id++)
            rawIds[id] = labels.Classes[id].RawId;
        if (RawIgnoreId(labels) is { } ignored)
            rawIds[LabelMap.IgnoreId] = ignored;
        else if (mask.Ids.IndexOf(LabelMap.IgnoreId) is >= 0 and var first)
            throw new ArgumentException(
                $"The mask ignores the pixel at row {first / mask.Width}, column {first % mask.Width}; label map '{labels.Name}' has raw id 255 for a class and none to ignore. " +
                "Give it a row with train id 255, or write the train ids.", nameof(mask));
        return rawIds;
    }

    /// <summary>255, unless the label space gives that raw id to a class; then the largest of 8 bits that is ignored, or the smallest of 16.</summary>
    private static ushort? RawIgnoreId(LabelMap labels)
    {
        foreach (int rawId in Enumerable.Range(0, 256).Reverse().Concat(Enumerable.Range(256, labels.LargestRawId - 255)))
        {
            if (labels.TryGetTrainId((ushort)rawId, out byte trainId) && trainId == LabelMap.IgnoreId)
                return (ushort)rawId;
        }

        return null;
    }

    private static InvalidDataException UnknownId(string source, int id, int at, int width, LabelMap labels, MaskIds ids) =>
        new(
            $"Mask '{source}' holds class id {id} at row {at / width}, column {at % width}; label map '{labels.Name}' knows {KnownIds(labels, ids)}. " +
            "Read it with the map it was drawn with.");

    /// <summary>The known ids as ranges, such as "0 to 33" or "0 to 4, 7"; 255 goes without saying.</summary>
    private static string KnownIds(LabelMap labels, MaskIds ids)
    {
        var ranges = new List<string>();
        for (int id = 0; id <= labels.LargestRawId; id++)
        {
            if (!IsKnown(id))
                continue;
            int first = id;
            while (IsKnown(id + 1))
                id++;
            ranges.Add(first == id ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first} to {id}"));
        }

        return ranges.Count > 0 ? string.Join(", ", ranges) : "255 alone";

        bool IsKnown(int id) => id != LabelMap.IgnoreId && id <= labels.LargestRawId && TryTranslate(labels, ids, (ushort)id, out _);
    }
}
