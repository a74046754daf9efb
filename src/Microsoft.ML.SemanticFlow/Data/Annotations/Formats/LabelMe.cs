// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>labelme: a JSON file beside each image.</summary>
internal static class LabelMe
{
    private const string ClassFile = "labels.txt", IgnoreName = "__ignore__", BackgroundName = "_background_";

    private static readonly (string Type, int Least, int Most)[] _types =
    [
        ("polygon", 3, int.MaxValue), ("rectangle", 2, 2), ("circle", 2, 2), ("line", 2, 2), ("linestrip", 2, int.MaxValue),
        ("point", 1, 1), ("oriented_rectangle", 4, 4), ("mask", 2, 2),
    ];

    public static AnnotationFormatInfo Info { get; } = new("labelme", "labelme", "NAME.json beside NAME.jpg, labels.txt")
    {
        Painter = "Pillow, from 11.2.1 on",
        Background = "class _background_",
        Recognize = tree => tree.EndingIn(".json").FirstOrDefault(path => IsLabelMe(tree.At(path))) is { } found
            ? $"'{found}' has shapes and an imagePath" : null,
        Open = Open,
    };

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var notes = new List<string>();
        var files = new List<string>();
        foreach (string path in tree.EndingIn(".json"))
        {
            if (tree.File is not null || IsLabelMe(tree.At(path)))
                files.Add(path);
            else
                options.Reading.LeftOut?.Report(new SkippedFile(tree.At(path), "no labelme file"));
        }

        if (files.Count == 0)
            throw new FileNotFoundException(
                $"'{tree.Root}' holds no file of labelme: looked for .json files with shapes and an imagePath.");
        var classes = ClassesOf(tree, files, options, notes);
        return new AnnotatedSet(classes, [.. files.Select(path => new AnnotatedImage(
            SplitNames.Take(InnerPath.Stem(path)), tree.At(path), () => Read(tree, path)))])
        {
            Notes = notes,
        };
    }

    // Damaged files count: who reads them says what is wrong.
    private static bool IsLabelMe(string path) =>
        JsonStream.Peek(path) is var names && (names.Contains("shapes") || names.Contains("imagePath") || names.Contains("imageData"));

    private static ClassTable ClassesOf(AnnotationTree tree, List<string> files, AnnotationImportOptions options, List<string> notes)
    {
        if (options.Labels is not null)
            return ClassTable.Of(options.Labels, options, BackgroundName, "background");
        string? above = Path.GetDirectoryName(tree.Root);
        string[] places = above is null ? [tree.Root] : [tree.Root, above];
        if (places.Select(folder => Path.Combine(folder, ClassFile)).FirstOrDefault(File.Exists) is { } list)
        {
            var names = TextLines.Read(list);
            int first = names is [IgnoreName, ..] ? -1 : 0;
            var entries = names.Select((name, i) => new ClassTable.Entry(name, i + first < 0 ? LabelMap.IgnoreId : i + first));
            notes.Add($"The classes are those of '{list}'.");
            return ClassTable.Create($"'{ClassFile}'", entries, names.IndexOf(BackgroundName) is >= 0 and var at ? at + first : null,
                options);
        }

        var labels = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in files)
            labels.UnionWith(LabelsOf(tree.At(path)));
        bool ignores = labels.Remove(IgnoreName);
        labels.Remove(BackgroundName);
        notes.Add($"There is no {ClassFile}, so the classes are the {labels.Count} labels that occur, in ordinal order.");
        return ClassTable.Create(
            "The set",
            [
                new(BackgroundName, 0), .. labels.Select((name, i) => new ClassTable.Entry(name, i + 1)),
                .. ignores ? [new ClassTable.Entry(IgnoreName, LabelMap.IgnoreId)] : (ClassTable.Entry[])[],
            ],
            background: 0,
            options);
    }

    // Of a damaged file none; who reads it says what is wrong.
    private static List<string> LabelsOf(string path)
    {
        try
        {
            return Json.Read(path, file => file.Need("shapes").Items().Select(shape => shape.Need("label").Text()).ToList());
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private static AnnotatedContent Read(AnnotationTree tree, string path) => Json.Read(tree.At(path), file =>
    {
        var (height, width) = (file.Find("imageHeight")?.Integer(), file.Find("imageWidth")?.Integer());
        var shapes = file.Need("shapes").Items().Select(Shape).ToList();
        var (image, bytes) = ImageOf(tree, path, file);
        return new AnnotatedContent(
            image,
            canvas =>
            {
                canvas.RequireSize(height ?? canvas.Height, width ?? canvas.Width);
                foreach (var (label, place, draw) in shapes)
                    canvas.Add(label, place, draw);
            },
            bytes);
    });

    private static (string? Path, byte[]? Bytes) ImageOf(AnnotationTree tree, string path, Json file)
    {
        string named = file.Find("imagePath")?.Text() ?? "";
        string folder = InnerPath.Folder(path);
        string? inner = named.Length == 0 ? null : InnerPath.Of(folder, named);
        var data = file.Find("imageData");
        if (data is { } text && !(inner is not null && File.Exists(tree.ImageAt(inner))))
            return (null, EncodedBytes.OfBase64(text));
        if (named.Length == 0)
            throw file.Fault(".imagePath", "is missing, and so is imageData");

        // Where the images lie apart, what the path says of folders is of another disk.
        string name = Path.GetFileName(named.Replace('\\', '/'));
        return (tree.FindImage(named, inner, inner is null ? null : InnerPath.Join(folder, name), inner is null ? null : name), null);
    }

    private static (string Label, string Place, Action<Stencil> Draw) Shape(Json shape, int index)
    {
        string type = shape.Find("shape_type")?.Text() ?? "polygon"; // files of 2018 have none
        var known = _types.FirstOrDefault(known => known.Type == type);
        if (known.Type is null)
            throw shape.Fault(".shape_type", $"is '{Excerpt.Of(type)}', which labelme does not know");
        double[] points = shape.Need("points").Points();
        if (points.Length / 2 < known.Least || points.Length / 2 > known.Most)
            throw shape.Fault(".points",
                $"has {points.Length / 2} points, and a {type} has {known.Least}{(known.Most > known.Least ? " at least" : "")}");
        string label = shape.Need("label").Text();
        return (label, $"shape {index}", type switch
        {
            "rectangle" => stencil => PillowShapes.Rectangle(stencil, points),
            "circle" => stencil => PillowShapes.Circle(stencil, points[0], points[1],
                double.Hypot(points[2] - points[0], points[3] - points[1])),
            "point" => stencil => PillowShapes.Circle(stencil, points[0], points[1], radius: 5),
            "line" or "linestrip" => stencil => PillowShapes.Lines(stencil, points),
            "mask" => MaskOf(shape, points),
            _ => stencil => PillowPolygon.Fill(stencil, points),
        });
    }

    private static Action<Stencil> MaskOf(Json shape, double[] corners)
    {
        var bitmap = Bitmap.Decode(EncodedBytes.OfBase64(shape.Need("mask")), $"{shape.Place}.mask");
        bool isWhole = corners.All(double.IsInteger);
        double height = corners[3] - corners[1] + 1, width = corners[2] - corners[0] + 1;
        if (isWhole && (width != bitmap.Width || height != bitmap.Height))
        {
            throw shape.Fault(".mask", FormattableString.Invariant(
                $"is {bitmap.Height} x {bitmap.Width} pixels (height x width), and its corners are {height} and {width} apart"));
        }

        int left = (int)Math.Round(corners[0]), top = (int)Math.Round(corners[1]);
        return stencil => bitmap.Draw(stencil, top, left);
    }
}
