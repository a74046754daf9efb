// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>The polygons of Cityscapes and IDD: a JSON file for each image, in a tree of its own.</summary>
internal static class StreetPolygons
{
    private const string Ending = "_polygons.json", Picture = "_leftImg8bit", Images = "leftImg8bit", Background = "unlabeled", Group =
        "group";
    private const string NotDrawn = "license plate"; // Cityscapes gives it id -1; IDD draws it

    private static readonly string[] _kinds = ["gtFine", "gtCoarse"]; // the better first

    public static AnnotationFormatInfo Cityscapes { get; } = new(
        "cityscapes", "Cityscapes' polygons", "leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png, gtFine/SPLIT/CITY/NAME_gtFine_polygons.json, or in the folders of the packages")
    {
        Painter = "Pillow, from 11.2.1 on",
        Variants = _kinds,
        Background = "unlabeled, id 0, which is ignored",
        Recognize = tree => tree.EndingIn(Ending).FirstOrDefault() is { } path && IsCityscapes(path) ? $"'{path}' is named as there" : null,
        Open = (tree, options) => Open(tree, options, LabelMaps.Cityscapes, leastPoints: 2),
    };

    public static AnnotationFormatInfo Idd { get; } = new(
        "idd", "IDD's polygons", "leftImg8bit/SPLIT/DRIVE/ID_leftImg8bit.png, gtFine/SPLIT/DRIVE/ID_gtFine_polygons.json")
    {
        Painter = "Pillow, from 11.2.1 on",
        Background = "unlabeled, id 35, which is ignored",
        Recognize = tree => tree.EndingIn(Ending).FirstOrDefault() is { } path && !IsCityscapes(path) ? $"'{path}' is named as there"
            : null,
        Open = (tree, options) => Open(tree, options, LabelMaps.Idd, leastPoints: 3),
    };

    /// <summary>A file of polygons.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Kind">gtFine or gtCoarse.</param>
    /// <param name="Name">Split, city and image, without what the names end in.</param>
    private sealed record Found(string Path, string Kind, string Name);

    // CITY_123456_123456 in a folder CITY.
    private static bool IsCityscapes(string path)
    {
        string city = Path.GetFileName(InnerPath.Folder(path)), name = Path.GetFileName(path);
        string[] parts = name.StartsWith(city + "_", StringComparison.Ordinal) ? name[(city.Length + 1)..].Split('_') : [];
        return parts is [{ Length: 6 } sequence, { Length: 6 } frame, ..] && sequence.All(char.IsAsciiDigit)
            && frame.All(char.IsAsciiDigit);
    }

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options, LabelMap labels, int leastPoints)
    {
        var classes = ClassTable.Of(options.Labels ?? labels, options, Background);
        var files = tree.EndingIn(Ending).Select(Parse).OfType<Found>()
            .Where(found => options.Variant is null || found.Kind == options.Variant).ToList();
        var chosen = files.GroupBy(found => found.Name).Select(same => same.MinBy(found => Array.IndexOf(_kinds, found.Kind))!)
            .ToDictionary(found => found.Name); // a group has one
        var pictures = Pictures(tree);
        if (chosen.Count == 0)
            throw new FileNotFoundException(
                $"'{tree.Root}' holds no polygons: looked for files ending in _gtFine{Ending}. Name the folder that holds {Images} and gtFine.");

        var splits = chosen.Keys.Select(name => name[..(name.IndexOf('/', StringComparison.Ordinal) + 1)]).ToHashSet();
        var images = chosen.Values.Select(found =>
            new AnnotatedImage(SplitNames.Take(found.Name), tree.At(found.Path), () => Read(tree, found, pictures, leastPoints, labels)))
            .Concat(pictures.Where(picture => !chosen.ContainsKey(picture.Key) && splits
                .Any(split => picture.Key.StartsWith(split, StringComparison.Ordinal))).Select(picture =>
                new AnnotatedImage(SplitNames.Take(picture.Key), tree.ImageAt(picture.Value), () =>
                    throw new FileNotFoundException(
                        $"Image '{picture.Value}' has no polygons: expected a file '{Path.GetFileName(picture.Key)}_{options.Variant ?? _kinds[0]}{Ending}'. " +
                        "Bring it, or remove the image.", picture.Value))));
        var notes = new List<string>();
        int coarse = chosen.Values.Count(found => found.Kind == _kinds[1]);
        if (coarse > 0 && coarse < chosen.Count)
            notes.Add($"{coarse} images have {_kinds[1]} polygons alone; they are among the others.");
        return new AnnotatedSet(classes,
            [.. images.OrderBy(image => image.Name.Split).ThenBy(image => image.Name.Path, StringComparer.Ordinal)])
        { Notes = notes };
    }

    // .../gtFine/SPLIT/CITY/NAME_gtFine_polygons.json
    private static Found? Parse(string path)
    {
        foreach (string kind in _kinds)
        {
            string ending = $"_{kind}{Ending}";
            if (!path.EndsWith(ending, StringComparison.Ordinal))
                continue;
            int at = $"/{path}".LastIndexOf($"/{kind}/", StringComparison.Ordinal);
            string name = at < 0 ? path : path[(at + kind.Length + 1)..];
            return new Found(path, kind, name[..^ending.Length]);
        }

        return null;
    }

    private static Dictionary<string, string> Pictures(AnnotationTree tree)
    {
        var pictures = new Dictionary<string, string>();
        foreach (string path in tree.ImageFiles)
        {
            string stem = InnerPath.Stem(path);
            int at = $"/{path}".LastIndexOf($"/{Images}/", StringComparison.Ordinal);
            if (at < 0 || ImageEndings.WhyNot(path) is not null)
                continue;
            string name = stem[(at + Images.Length + 1)..];
            pictures[name.EndsWith(Picture, StringComparison.Ordinal) ? name[..^Picture.Length] : name] = path;
        }

        return pictures;
    }

    private static AnnotatedContent Read(AnnotationTree tree, Found found, Dictionary<string, string> pictures, int leastPoints,
        LabelMap labels) => Json.Read(tree.At(found.Path), file =>
    {
        long height = file.Need("imgHeight").Integer(), width = file.Need("imgWidth").Integer();
        var known = labels.Table.Select(row => row.Name).ToHashSet();
        var objects = file.Need("objects").Items().Where(item => !IsDeleted(item))
            .Select((item, i) => (Label: item.Need("label").Text(), Place: $"object {i}", Points: PointsOf(item, leastPoints)))
            .Where(item => item.Points is not null).ToList();
        string picture = pictures.GetValueOrDefault(found.Name)
            ?? throw new FileNotFoundException(
                $"The image of '{found.Path}' is missing: expected '{Path.GetFileName(found.Name)}{Picture}.png' in a folder {Images}/{InnerPath.Folder(found.Name)}. " +
                "Bring it there, or name the folder of the images.");
        return new AnnotatedContent(tree.ImageAt(picture), canvas =>
        {
            canvas.RequireSize(height, width);
            foreach (var (label, place, points) in objects)
            {
                string name = !known.Contains(label) && label.EndsWith(Group, StringComparison.Ordinal) ? label[..^Group.Length] : label;
                if (name != NotDrawn || canvas.Classes.IdOf(name) is not null)
                    canvas.Add(name, place, stencil => PillowPolygon.Fill(stencil, points));
            }
        });
    });

    // Written as true or as a number.
    private static bool IsDeleted(Json item) =>
        item.Find("deleted") is { } deleted && !deleted.Is(JsonValueKind.False)
            && !(deleted.Is(JsonValueKind.Number) && deleted.Number() == 0);

    // IDD's own tool leaves polygons of fewer points out; Cityscapes' draws a line of two, and fails at one.
    private static double[]? PointsOf(Json item, int least)
    {
        double[] points = item.Need("polygon").Points();
        if (points.Length >= 2 * least)
            return points;
        return least > 2 ? null : throw item.Fault(".polygon", $"has {points.Length / 2} points, which enclose nothing");
    }
}
