// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>Masks that tools wrote as pictures: ids, or colours of a table.</summary>
internal static class MaskFile
{
    private const int ColorTypeAt = 25; // in a PNG, behind signature, length, type, width, height and depth
    private const uint Rgb = 0xFFFFFF;

    /// <summary>Whether a PNG holds ids: gray values or indices of a palette.</summary>
    public static bool HoldsIds(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngIndexReader.Signature) && file.Length > ColorTypeAt && file[ColorTypeAt] is 0 or 3;

    /// <summary>Reads ids and translates them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="canvas">Takes the mask; its size is checked.</param>
    /// <param name="table">The raw id of each value; null where the value is none.</param>
    /// <param name="known">Which values there are, in messages.</param>
    /// <param name="unknown">What becomes of others.</param>
    public static void ReadIds(string path, MaskCanvas canvas, IReadOnlyList<byte?> table, string known, UnknownLabels unknown)
    {
        var png = PngIndexReader.Read(path);
        string source = Path.GetFileName(path);
        if (png.BitDepth == 16)
            throw new InvalidDataException(
                $"Mask '{source}' has 16 bits a pixel, as files of instances have. Give the mask of classes, of 8 bits.");
        RequireSize(canvas, png.Height, png.Width, source);
        var ids = png.Samples;
        for (int i = 0; i < ids.Length; i++)
        {
            byte value = ids[i];
            ids[i] = table[value] ?? (unknown != UnknownLabels.Refuse
                ? LabelMap.IgnoreId
                : throw new InvalidDataException(
                    $"Mask '{source}' holds id {value} at row {i / png.Width}, column {i % png.Width}; {known}. Correct the mask, or the list of its classes."));
        }

        canvas.Set(ids);
    }

    /// <summary>Reads colours.</summary>
    /// <param name="path">The file.</param>
    /// <param name="canvas">Takes the mask; its size is checked.</param>
    /// <param name="colors">The raw ids of the colours, in the order of the classes.</param>
    /// <param name="known">What lists the colours, in messages.</param>
    /// <param name="nearest">Whether other colours become the nearest.</param>
    /// <param name="unknown">What becomes of others where they do not.</param>
    public static void ReadColors(
        string path, MaskCanvas canvas, IReadOnlyList<(RgbColor Color, byte Id)> colors, string known, bool nearest, UnknownLabels unknown)
    {
        string source = Path.GetFileName(path);
        using var image = ImageCodec.Decode(path, rent: true);
        RequireSize(canvas, image.Height, image.Width, source);
        var exact = new Dictionary<uint, byte>();
        foreach (var (color, id) in colors)
            exact.TryAdd(Number(color), id);
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        var ids = new byte[pixels.Length];
        var strange = new Dictionary<uint, byte>();
        long count = 0;
        int first = -1;
        uint last = Rgb + 1;
        byte lastId = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            uint color = pixels[i] & Rgb;
            if (color != last)
            {
                last = color;
                if (!exact.TryGetValue(color, out lastId))
                {
                    if (!strange.TryGetValue(color, out lastId))
                        strange.Add(color, lastId = nearest ? Nearest(color, colors) : LabelMap.IgnoreId);
                    last = Rgb + 1;
                    first = first < 0 ? i : first;
                    count++;
                }
            }

            ids[i] = lastId;
        }

        if (first >= 0 && !nearest && unknown == UnknownLabels.Refuse)
            throw Strange(source, pixels[first] & Rgb, first / image.Width, first % image.Width, strange.Count, count, pixels.Length,
                known);
        canvas.Set(ids);
    }

    public static void RequireSize(MaskCanvas canvas, int height, int width, string source)
    {
        if (height != canvas.Height || width != canvas.Width)
            throw new InvalidDataException(
                $"Mask '{source}' is {height} x {width} pixels (height x width), its image {canvas.Height} x {canvas.Width}. Give a mask of the image's size.");
    }

    private static InvalidDataException Strange(string source, uint color, int row, int column, int colors, long pixels, long all,
        string known) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"Mask '{source}' holds {colors} {(colors == 1 ? "colour" : "colours")} that {known} does not list, " +
            $"in {pixels} of {all} pixels, first ({color >> 16}, {color >> 8 & 255}, {color & 255}) at row {row}, column {column}. ")
            + "Smoothed edges and JPEG make such colours: export the masks again without, or take the nearest colour of the list (--nearest-color).");

    private static byte Nearest(uint color, IReadOnlyList<(RgbColor Color, byte Id)> colors) => colors.MinBy(known =>
    {
        int r = (int)(color >> 16) - known.Color.R, g = (int)(color >> 8 & 255) - known.Color.G, b = (int)(color & 255) - known.Color.B;
        return (r * r) + (g * g) + (b * b);
    }).Id;

    private static uint Number(RgbColor color) => (uint)(color.R << 16 | color.G << 8 | color.B);
}
