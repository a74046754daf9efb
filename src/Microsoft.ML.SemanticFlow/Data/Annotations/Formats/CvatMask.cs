// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>CVAT "Segmentation mask 1.1": masks in the colours of labelmap.txt, or of its line numbers.</summary>
internal static class CvatMask
{
    private const string MapFile = "labelmap.txt", BackgroundName = "background";

    public static AnnotationFormatInfo Info { get; } = new(
        "cvat", "CVAT, Segmentation mask 1.1", "labelmap.txt, SegmentationClass/NAME.png, ImageSets/Segmentation/SPLIT.txt, JPEGImages/NAME.jpg")
    {
        Background = "class background",
        Recognize = tree => tree.Around("SegmentationClass").FirstOrDefault(root => tree.Has(InnerPath.Join(root, MapFile))) is not null
            ? $"it has {MapFile} and a folder SegmentationClass"
            : null,
        Open = Open,
    };

    private sealed record Line(string Name, RgbColor? Color);

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var notes = new List<string>();
        var folders = MaskFolders.Find(tree);
        string map = tree.At(folders.Beside(MapFile));
        if (!File.Exists(map))
            throw new FileNotFoundException($"'{map}' is missing: it says what the masks' colours mean. Export the masks again.");
        var lines = Read(map);
        int background = lines.FindIndex(line => line.Name == BackgroundName);
        var classes = ClassTable.Create($"'{MapFile}'", lines.Select((line, id) => new ClassTable.Entry(line.Name, id, line.Color)),
            background < 0 ? null : background, options);

        // A line is the class of its name, also among classes that the caller gives.
        byte?[] table = new byte?[256];
        var colors = new List<(RgbColor Color, byte Id)>();
        for (int i = 0; i < lines.Count; i++)
        {
            byte? id = classes.IdOf(lines[i].Name)
                ?? (i == background ? classes.Background : options.UnknownLabels == UnknownLabels.Refuse ? null : LabelMap.IgnoreId);
            table[i] = i == background ? classes.Background : id;
            if (lines[i].Color is { } color && table[i] is { } known)
                colors.Add((color, known));
        }

        string indices = $"'{MapFile}' has lines {IndexTable.Describe(table)}";
        return new AnnotatedSet(classes, folders.List(
            (canvas, path) =>
            {
                if (HoldsIds(path))
                    MaskFile.ReadIds(path, canvas, table, indices, options.UnknownLabels);
                else
                    MaskFile.ReadColors(path, canvas, colors, $"'{MapFile}'", options.NearestColor, options.UnknownLabels);
            },
            paintMissing: static _ => { }, // CVAT writes no mask of an image without objects
            notes))
        {
            Notes = notes,
        };
    }

    private static bool HoldsIds(string path)
    {
        using var file = RegularFile.OpenRead(path);
        Span<byte> start = stackalloc byte[32];
        return MaskFile.HoldsIds(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    private static List<Line> Read(string path)
    {
        var lines = TextLines.Read(path).Where(line => !line.StartsWith('#')).Select(Parse).ToList();
        if (lines.GroupBy(line => line.Color).FirstOrDefault(same => same.Key is not null && same.Count() > 1) is { } shared)
            throw new InvalidDataException(
                $"'{MapFile}' gives '{Excerpt.Of(shared.First().Name)}' and '{Excerpt.Of(shared.Last().Name)}' one colour, so that masks cannot tell them apart. Give each its own in CVAT.");
        return lines;
    }

    private static Line Parse(string line)
    {
        string[] fields = line.Split(':');
        if (fields.Length != 4)
            throw new InvalidDataException(
                $"'{MapFile}', line '{Excerpt.Of(line)}' has {fields.Length} fields between colons instead of 4, name:r,g,b:parts:actions; a label with a colon in its name cannot be told. Rename it in CVAT.");
        if (fields[1].Trim().Length == 0)
            return new Line(fields[0], null);
        string[] parts = fields[1].Split(',');
        byte[] color = [.. parts.Select(part =>
            byte.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out byte channel) ? channel : (byte?)null)
            .OfType<byte>()];
        return parts.Length == 3 && color.Length == 3
            ? new Line(fields[0], new RgbColor(color[0], color[1], color[2]))
            : throw new InvalidDataException(
                $"'{MapFile}', line '{Excerpt.Of(line)}' has no colour of three numbers from 0 to 255. Export the masks again.");
    }
}
