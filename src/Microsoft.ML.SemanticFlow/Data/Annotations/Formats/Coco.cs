// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>COCO: one JSON file a split. Of the annotations only their places in the file are kept; they are read with their
/// image.</summary>
internal static class Coco
{
    private const string BackgroundName = "background";

    private static readonly string[] _members = ["images", "annotations", "categories"];

    public static AnnotationFormatInfo Info { get; } = new(
        "coco", "COCO instances", "annotations/instances_SPLIT.json and images/SPLIT/, or SPLIT/_annotations.coco.json beside its images")
    {
        Painter = "COCO's maskApi",
        Order = PaintOrder.Area,
        Recognize = tree => FilesOf(tree, IsCoco) is [var first, ..] ? $"'{first}' has images, annotations and categories" : null,
        Open = Open,
    };

    private static List<string> FilesOf(AnnotationTree tree, Func<string, bool> isCoco)
    {
        var files = tree.EndingIn(".json").Where(path => isCoco(tree.At(path))).ToList();
        var instances = files.Where(path => Path.GetFileName(path).StartsWith("instances_", StringComparison.OrdinalIgnoreCase)).ToList();
        return instances.Count > 0 ? instances : files;
    }

    // Its members may be megabytes apart, so that one of them has to do.
    private static bool IsCoco(string path) =>
        JsonStream.Peek(path) is var names && !names.Contains("") && !names.Contains("shapes") && names.Overlaps(_members);

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var paths = FilesOf(tree, tree.File is null ? IsCoco : static _ => true);
        if (paths.Count == 0)
            throw new FileNotFoundException(
                $"'{tree.Root}' holds no COCO file: looked for .json files with images, annotations and categories.");
        var held = new HeldFiles();
        try
        {
            var categories = new SortedDictionary<long, CocoFile.Category>();
            var images = new List<AnnotatedImage>();
            var notes = new List<string>();
            foreach (string path in paths)
            {
                var file = CocoFile.Read(tree.At(path));
                held.Add(file);
                foreach (var (id, category) in file.Categories)
                {
                    if (!categories.TryAdd(id, category) && categories[id].Name != category.Name)
                        throw new InvalidDataException(
                            $"'{path}' calls category {id} '{Excerpt.Of(category.Name)}', and '{paths[0]}' calls it '{Excerpt.Of(categories[id].Name)}'. Import them one by one.");
                }

                Add(tree, path, file, options, images);
            }

            int background = -1;
            var entries = Entries(categories, ref background);
            var classes = ClassTable.Create($"'{paths[0]}'", entries, background, options);
            notes.Add(
                $"Of objects that overlap, {((options.Order ?? Info.Order) == PaintOrder.Area ? "the smaller" : "the later in the file")} is seen: COCO itself has no order.");
            return new AnnotatedSet(classes, images) { Notes = notes, Held = held };
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // A category that is called so is the background; else it goes before them all.
    private static List<ClassTable.Entry> Entries(SortedDictionary<long, CocoFile.Category> categories, ref int background)
    {
        var entries = new List<ClassTable.Entry>();
        if (categories.Values.All(category => category.Name != BackgroundName))
            entries.Add(new ClassTable.Entry(BackgroundName, background = 0));
        foreach (var category in categories.Values)
        {
            if (category.Name == BackgroundName)
                background = entries.Count;
            entries.Add(new ClassTable.Entry(category.Name, entries.Count, category.Color));
        }

        return entries;
    }

    private static void Add(AnnotationTree tree, string path, CocoFile file, AnnotationImportOptions options, List<AnnotatedImage> images)
    {
        string folder = InnerPath.Folder(path), source = Path.GetFileName(path);
        string subset = InnerPath.Stem(source);
        subset = subset[(subset.IndexOf('_', StringComparison.Ordinal) + 1)..];
        var split = SplitNames.Of(subset) ?? SplitNames.Of(Path.GetFileName(folder)) ?? (DatasetSplit?)null;
        foreach (var record in file.Images)
        {
            string name = InnerPath.Of("", record.FileName) is { } inner ? InnerPath.Stem(inner)
                : Path.GetFileNameWithoutExtension(record.FileName.Replace('\\', '/'));
            images.Add(new AnnotatedImage(
                split is { } known ? new AnnotatedName(known, name) : SplitNames.Take(name),
                tree.At(path),
                () => new AnnotatedContent(Find(tree, record.FileName, folder, subset), canvas => Paint(canvas, file, record, options))));
        }
    }

    private static string Find(AnnotationTree tree, string named, string folder, string subset)
    {
        string above = InnerPath.Folder(folder);
        string[] folders =
        [
            folder, InnerPath.Join(above, $"images/{subset}"), InnerPath.Join(above, "images"), InnerPath.Join(above, subset),
            InnerPath.Join(folder, $"images/{subset}"), InnerPath.Join(folder, "images"), InnerPath.Join(folder, subset), InnerPath.Join(
                folder, "data"), above, "",
        ];
        return tree.FindImage(named, InnerPath.Of("", named) is { } inner ? folders.Select(string? (place) => InnerPath.Join(place, inner))
            : (string?[])[null]);
    }

    private static void Paint(MaskCanvas canvas, CocoFile file, CocoFile.Image record, AnnotationImportOptions options)
    {
        canvas.RequireSize(record.Height, record.Width);
        foreach (var place in file.AnnotationsOf(record))
            file.Parse(place, annotation => Add(canvas, file, annotation, options));
    }

    private static void Add(MaskCanvas canvas, CocoFile file, Json annotation, AnnotationImportOptions options)
    {
        long id = annotation.Need("category_id").Integer();
        var name = file.Categories.GetValueOrDefault(id)?.Name;
        string what = $"annotation {(annotation.Find("id") is { } number ? number.Element.ToString() : "without id")}";
        if (Draw(annotation, canvas) is not { } draw)
            return;
        if (options.IgnoreCrowds && annotation.Find("iscrowd") is { } crowd && crowd.Is(JsonValueKind.Number) && crowd.Number() != 0)
            canvas.Add(LabelMap.IgnoreId, what, draw);
        else
            canvas.Add(name ?? string.Create(CultureInfo.InvariantCulture, $"category {id}"), what, draw);
    }

    // Null where there is no outline: a box alone, as for detection.
    private static Action<Stencil>? Draw(Json annotation, MaskCanvas canvas)
    {
        if (annotation.Find("segmentation") is not { } segmentation)
            return null;
        if (segmentation.Is(JsonValueKind.Object))
            return DrawRuns(segmentation, canvas);
        var polygons = new List<double[]>();
        foreach (var polygon in segmentation.Items())
        {
            double[] points = polygon.FlatPoints();
            if (points.Length < 6)
                throw polygon.Fault("", $"has {points.Length} numbers, and a polygon has 6 at least");
            polygons.Add(points);
        }

        return polygons.Count == 0 ? null : stencil =>
        {
            foreach (double[] points in polygons)
                CocoPolygon.Fill(stencil, points);
        };
    }

    private static Action<Stencil> DrawRuns(Json segmentation, MaskCanvas canvas)
    {
        long[] size = [.. segmentation.Need("size").Items().Select(side => side.Integer())];
        if (size.Length != 2 || size[0] != canvas.Height || size[1] != canvas.Width)
            throw segmentation.Fault(".size", $"is [{string.Join(", ", size)}], and the image [{canvas.Height}, {canvas.Width}]");
        var counts = segmentation.Need("counts");
        if (counts.Is(JsonValueKind.String))
        {
            string text = counts.Text();
            return stencil => ColumnRuns.Fill(stencil, ColumnRuns.Decode(text));
        }

        long[] runs = [.. counts.Items().Select(run => run.Integer())];
        return stencil => ColumnRuns.Fill(stencil, runs);
    }
}
