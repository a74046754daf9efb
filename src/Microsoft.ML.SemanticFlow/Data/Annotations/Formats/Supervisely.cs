// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Supervisely: polygons with holes, rectangles and bitmaps, a JSON file for each image.</summary>
internal static class Supervisely
{
    private const string Meta = "meta.json", Annotations = "ann", Pictures = "img", BackgroundName = "background";

    public static AnnotationFormatInfo Info { get; } =
        new("supervisely", "Supervisely", "meta.json, DATASET/img/NAME.jpg, DATASET/ann/NAME.jpg.json")
        {
            Painter = "OpenCV 4.13",
            Recognize = tree => tree.Has(Meta) && tree.Files.Any(path => path.Contains($"/{Annotations}/", StringComparison.Ordinal))
                ? $"it has {Meta} and folders {Annotations}" : null,
            Open = Open,
        };

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var classes = ClassesOf(tree, options);
        var images = new List<AnnotatedImage>();
        var folders = tree.Files.ToLookup(InnerPath.Folder);
        foreach (string root in tree.Around(Annotations))
        {
            string folder = InnerPath.Join(root, Annotations), pictures = InnerPath.Join(root, Pictures);
            var annotated = new HashSet<string>();
            foreach (string path in folders[folder].Where(path => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                string image = InnerPath.Join(pictures, Path.GetFileName(path)[..^".json".Length]);
                annotated.Add(image);
                images.Add(new AnnotatedImage(SplitNames.Take(InnerPath.Join(root, InnerPath.Stem(Path.GetFileName(image)))),
                    tree.At(path), () => Read(tree, path, image)));
            }

            images.AddRange(folders[pictures].Where(path => ImageEndings.WhyNot(path) is null && !annotated.Contains(path)).Select(path =>
                new AnnotatedImage(SplitNames.Take(InnerPath.Join(root, InnerPath.Stem(Path.GetFileName(path)))), tree.At(path), () =>
                    throw new FileNotFoundException(
                        $"Image '{path}' has no annotation: expected '{InnerPath.Join(folder, Path.GetFileName(path))}.json'. Bring it there, or remove the image.", path))));
        }

        return new AnnotatedSet(classes, images);
    }

    private static ClassTable ClassesOf(AnnotationTree tree, AnnotationImportOptions options)
    {
        if (options.Labels is not null)
            return ClassTable.Of(options.Labels, options);
        if (!tree.Has(Meta))
            throw new FileNotFoundException($"'{tree.At(Meta)}' is missing: it lists the classes. Export the project again.", Meta);
        var classes = Json.Read(tree.At(Meta), meta => meta.Need("classes").Items()
            .Select(label => (Name: label.Need("title").Text(), Color: ColorOf(label.Find("color")?.Text()))).ToList());
        int own = classes.FindIndex(label => label.Name == BackgroundName);
        return own >= 0
            ? ClassTable.Create($"'{Meta}'", classes.Select((label, id) => new ClassTable.Entry(label.Name, id, label.Color)), own, options)
            : ClassTable.Create($"'{Meta}'",
                [new(BackgroundName, 0), .. classes
                .Select((label, i) => new ClassTable.Entry(label.Name, i + 1, label.Color))], 0, options);
    }

    private static RgbColor? ColorOf(string? text) =>
        text is ['#', .. { Length: 6 } hex]
            && uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint color)
            ? new RgbColor((byte)(color >> 16), (byte)(color >> 8), (byte)color)
            : null;

    private static AnnotatedContent Read(AnnotationTree tree, string path, string image) => Json.Read(tree.At(path), file =>
    {
        var size = file.Need("size");
        long height = size.Need("height").Integer(), width = size.Need("width").Integer();
        var objects = file.Need("objects").Items().Select(item => (Label: item.Need("classTitle").Text(), Draw: Draw(item))).ToList();
        return new AnnotatedContent(tree.FindImage(Path.GetFileName(image), image), canvas =>
        {
            canvas.RequireSize(height, width);
            for (int i = 0; i < objects.Count; i++)
            {
                if (objects[i].Draw is { } draw)
                    canvas.Add(objects[i].Label, $"object {i}", draw);
            }
        });
    });

    // Lines, points, graphs and cuboids have no pixels.
    private static Action<Stencil>? Draw(Json item)
    {
        string type = item.Need("geometryType").Text();
        switch (type)
        {
            case "polygon":
                var points = item.Need("points");
                int[] exterior = Floored(points.Need("exterior"));
                int[][] interior = [.. points.Find("interior")?.Items().Select(Floored) ?? []];
                return stencil =>
                {
                    OpenCvPolygon.Fill(stencil, [exterior]);
                    if (interior.Length > 0)
                        OpenCvPolygon.Fill(stencil, interior, isInside: false);
                };
            case "rectangle":
                double[] corners = item.Need("points").Need("exterior").Points();
                return corners.Length == 4 ? stencil => PillowShapes.Rectangle(stencil, [.. corners.Select(Math.Floor)])
                    : throw item.Fault(".points.exterior", "has no two corners");
            case "bitmap":
                var bitmap = item.Need("bitmap");
                byte[] data = EncodedBytes.OfBase64(bitmap.Need("data"));
                double[] origin = [.. bitmap.Need("origin").Items().Select(number => number.Number())];
                if (origin.Length != 2)
                    throw bitmap.Fault(".origin", "is no pair of numbers");
                byte[]? unpacked = EncodedBytes.Inflate(data);
                var mask = Bitmap.Decode(unpacked ?? data, $"{bitmap.Place}.data", anyChannel: unpacked is null);
                return stencil => mask.Draw(stencil, (long)origin[1], (long)origin[0]);
            case "line" or "polyline" or "point" or "graph" or "cuboid" or "cuboid_2d":
                return null;
            default:
                throw item.Fault(".geometryType", $"is '{Excerpt.Of(type)}', which is not read");
        }
    }

    private static int[] Floored(Json ring)
    {
        double[] points = ring.Points();
        return points.Length >= 6 ? Array.ConvertAll(points, coordinate => (int)Math.Floor(coordinate))
            : throw ring.Fault("", $"has {points.Length / 2} points, and a polygon has 3 at least");
    }
}
