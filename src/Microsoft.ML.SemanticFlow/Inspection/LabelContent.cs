// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>What a label file holds, counted, whether or not all of it can be read.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Pixels">Pixels of each train id; 255 those of none. Unknown ids are in none of them.</param>
internal sealed record LabelContent(int Height, int Width, long[] Pixels)
{
    private const int Ids = 256;
    private const int ShownColors = 6;

    /// <summary>What is wrong with it: the first unknown id; null where nothing is.</summary>
    public DatasetFinding? Fault { get; private init; }

    /// <summary>Whether a pixel has a class.</summary>
    public bool HasClass => Pixels.AsSpan(0, LabelMap.IgnoreId).ContainsAnyExcept(0L);

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="labels">The label map; null where ids are their own classes.</param>
    /// <param name="ids">Which ids it holds.</param>
    /// <returns>Its content; a fault alone where nothing can be counted, and no size then.</returns>
    public static LabelContent Read(byte[] file, string path, LabelMap? labels, MaskIds ids)
    {
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return Nothing(new DatasetFinding(DatasetFindingKind.JpegMask,
                $"Label '{path}' is a JPEG, whose compression changes ids. Export the masks anew as PNG.")
            { OtherPath = path });
        if (ids == MaskIds.Color && labels is not null)
            return ReadColors(file, path, labels);
        return IsRgb(file) ? Nothing(Colored(file, path)) : ReadIds(PngIndexReader.Read(file, Path.GetFileName(path)), path, labels, ids);
    }

    private static LabelContent Nothing(DatasetFinding fault) => new(0, 0, new long[Ids]) { Fault = fault };

    // Colour type 2, 4 or 6 in the header that every PNG begins with.
    private static bool IsRgb(ReadOnlySpan<byte> file)
    {
        const int ColorType = 25;
        return file.Length > ColorType && file.StartsWith(PngIndexReader.Signature) && file[ColorType] is 2 or 4 or 6;
    }

    private static DatasetFinding Colored(byte[] file, string path)
    {
        using var image = ImageCodec.Decode(file, Path.GetFileName(path), rent: true);
        var counts = new Dictionary<uint, int>();
        foreach (uint pixel in MemoryMarshal.Cast<byte, uint>(image.Bgra))
            CollectionsMarshal.GetValueRefOrAddDefault(counts, pixel & 0xFFFFFF, out _)++;
        string colors = string.Join(", ", counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(ShownColors).Select(pair =>
            pair.Key.ToString("x6", CultureInfo.InvariantCulture).Insert(0, "#")));
        string rest = counts.Count > ShownColors ? $" and {counts.Count - ShownColors} more" : "";
        return new DatasetFinding(
            DatasetFindingKind.ColorMask,
            $"Label '{path}' is drawn in {counts.Count} colours, {colors}{rest}, and not in ids. " +
            "Read it with '--ids color' and a classes.csv that gives each colour its class, or convert the masks to ids.")
        { OtherPath = path };
    }

    private static LabelContent ReadIds(PngSamples png, string path, LabelMap? labels, MaskIds ids)
    {
        var pixels = new long[Ids];
        int unknown = -1, first = -1;
        if (png.BitDepth == 16)
        {
            foreach (ushort sample in png.WideSamples)
            {
                if (TryTranslate(labels, ids, sample, out byte trainId))
                    pixels[trainId]++;
                else if (unknown < 0)
                    unknown = sample;
            }

            first = unknown < 0 ? -1 : png.WideSamples.AsSpan().IndexOf((ushort)unknown);
        }
        else
        {
            Span<int> histogram = stackalloc int[4 * Ids];
            Count(png.Samples, histogram);
            for (int id = 0; id < Ids; id++)
            {
                int count = histogram[id] + histogram[Ids + id] + histogram[(2 * Ids) + id] + histogram[(3 * Ids) + id];
                if (count == 0)
                    continue;
                if (TryTranslate(labels, ids, (ushort)id, out byte trainId))
                    pixels[trainId] += count;
                else if (png.Samples.AsSpan().IndexOf((byte)id) is var at && (first < 0 || at < first))
                    (unknown, first) = (id, at);
            }
        }

        var content = new LabelContent(png.Height, png.Width, pixels);
        if (unknown < 0)
            return content;
        int row = first / png.Width, column = first % png.Width;
        string map = labels is null ? "an id without a label map is below 255" : $"label map '{labels.Name}' does not know it";
        return content with
        {
            Fault = new DatasetFinding(DatasetFindingKind.UnknownId, $"Label '{path}' holds {(ids == MaskIds.Train ? "train id" : "id")} {unknown} at row {row}, " +
                $"column {column}; {map}. Read it with the map it was drawn with.")
            { OtherPath = path, Row = row, Column = column },
        };
    }

    // Neighbours mostly have one id: four tables keep an addition from waiting for the one before.
    private static void Count(ReadOnlySpan<byte> samples, Span<int> histogram)
    {
        int whole = samples.Length & ~3;
        for (int i = 0; i < whole; i += 4)
        {
            histogram[samples[i]]++;
            histogram[Ids + samples[i + 1]]++;
            histogram[(2 * Ids) + samples[i + 2]]++;
            histogram[(3 * Ids) + samples[i + 3]]++;
        }

        foreach (byte sample in samples[whole..])
            histogram[sample]++;
    }

    private static LabelContent ReadColors(byte[] file, string path, LabelMap labels)
    {
        var colors = labels.ReadColors();
        using var image = ImageCodec.Decode(file, Path.GetFileName(path), rent: true);
        var content = new LabelContent(image.Height, image.Width, new long[Ids]);
        var seen = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        int first = -1, strange = 0;
        for (int i = 0; i < seen.Length; i++)
        {
            if (colors.TryGetValue((int)(seen[i] & 0xFFFFFF), out byte trainId))
                content.Pixels[trainId]++;
            else if (strange++ == 0)
                first = i;
        }

        if (first < 0)
            return content;
        int row = first / image.Width, column = first % image.Width;
        string color = (seen[first] & 0xFFFFFF).ToString("x6", CultureInfo.InvariantCulture);
        return content with
        {
            Fault = new DatasetFinding(
                DatasetFindingKind.UnknownId,
                $"Label '{path}' holds colour #{color} at row {row}, column {column}; label map '{labels.Name}' does not know it. {strange} pixels have such colours. " +
                "Read it with the map it was drawn with, or export it without smoothed edges.")
            { OtherPath = path, Row = row, Column = column },
        };
    }

    private static bool TryTranslate(LabelMap? labels, MaskIds ids, ushort id, out byte trainId)
    {
        if (labels is not null && ids == MaskIds.Raw)
            return labels.TryGetTrainId(id, out trainId);
        trainId = (byte)id;
        return id == LabelMap.IgnoreId || id < (labels?.ClassCount ?? LabelMap.IgnoreId);
    }
}
