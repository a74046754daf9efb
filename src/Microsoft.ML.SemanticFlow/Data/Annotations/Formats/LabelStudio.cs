// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Label Studio's JSON export: brush strokes, polygons, rectangles and ellipses. Of the tasks only their places are
/// kept.</summary>
internal static class LabelStudio
{
    private const string BackgroundName = "background", LabelsEnding = "labels";

    private static readonly string[] _drawn = ["brush", "polygon", "rectangle", "ellipse"];

    public static AnnotationFormatInfo Info { get; } = new("labelstudio", "Label Studio, JSON", "NAME.json, images/NAME.jpg")
    {
        Painter = "COCO's maskApi for polygons, OpenCV 4.13 for ellipses",
        Recognize = tree => FilesOf(tree, IsExport) is [var first, ..] ? $"'{first}' is a list of tasks" : null,
        Open = Open,
    };

    private sealed record Task(JsonPlaces File, int Index, string Image, string Name);

    private static List<string> FilesOf(AnnotationTree tree, Func<string, bool> isExport) =>
        [.. tree.EndingIn(".json").Where(path => isExport(tree.At(path)))];

    private static bool IsExport(string path) =>
        JsonStream.Peek(path) is var names && names.Contains("") && names.Overlaps(["annotations", "completions", "data"]);

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var paths = FilesOf(tree, tree.File is null ? IsExport : static _ => true);
        if (paths.Count == 0)
            throw new FileNotFoundException(
                $"'{tree.Root}' holds no export of Label Studio: looked for .json files that are lists of tasks.");
        var held = new HeldFiles();
        try
        {
            var labels = new List<string>();
            var tasks = new List<(string Path, Task Task)>();
            foreach (string path in paths)
            {
                var file = new JsonPlaces(tree.At(path));
                held.Add(file);
                file.Read([], (_, task) =>
                {
                    labels.AddRange(LabelsOf(task).Except(labels));
                    string image = ImageOf(task);
                    tasks.Add((path, new Task(file, file.Count - 1, image, Path.GetFileNameWithoutExtension(Basename(image)))));
                });
            }

            var classes = options.Labels is { } given
                ? ClassTable.Of(given, options)
                : ClassTable.Create("The export",
                    [.. labels.Contains(BackgroundName) ? (ClassTable.Entry[])[] : [new(BackgroundName, 0)], .. labels
                    .Select((label, i) => new ClassTable.Entry(label, i + (labels.Contains(BackgroundName) ? 0 : 1)))],
                    Math.Max(0, labels.IndexOf(BackgroundName)), options);
            string[] notes = options.Labels is null
                ? [$"The classes are the {labels.Count} labels that occur, in the order in which they first do."] : [];
            return new AnnotatedSet(classes, [.. tasks.Select(task => new AnnotatedImage(
                new AnnotatedName(DatasetSplit.Train, task.Task.Name), tree.At(task.Path), () => Read(tree, task.Path, task.Task)))])
            {
                Notes = notes,
                Held = held,
            };
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // The first that was not cancelled; a task has one unless several people worked on it.
    private static IEnumerable<Json> ResultsOf(Json task)
    {
        var annotations = (task.Find("annotations") ?? task.Find("completions"))?.Items()
            .Where(annotation => annotation.Find("was_cancelled") is not { Element.ValueKind: JsonValueKind.True }).ToArray();
        return annotations is [var first, ..] && first.Find("result") is { } results ? results.Items() : [];
    }

    private static List<string> LabelsOf(Json task) => [.. ResultsOf(task).SelectMany(result => LabelsIn(result).Take(1))];

    private static List<string> LabelsIn(Json result) => result.Find("value") is { } value && value.Is(JsonValueKind.Object)
        ? value.Element.EnumerateObject()
            .Where(member => member.Name.EndsWith(LabelsEnding, StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.Array)
            .SelectMany(member => new Json(member.Value, $"{value.Place}.{member.Name}").Items().Select(label => label.Text())).ToList()
        : [];

    private static string ImageOf(Json task)
    {
        if (task.Find("file_upload") is { } upload && upload.Is(JsonValueKind.String))
            return upload.Text();
        var data = task.Need("data");
        string? found = data.Is(JsonValueKind.Object)
            ? data.Element.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String)
                .Select(member => member.Value.GetString()!).FirstOrDefault(text => ImageEndings.IsImage(Bare(text)))
            : null;
        return found is null ? throw data.Fault("", "names no image") : Bare(found);
    }

    // /data/local-files/?d=folder/name.jpg, https://host/name.jpg?token=1, /data/upload/5/name.jpg
    private static string Bare(string text)
    {
        const string Local = "/data/local-files/?d=";
        if (text.StartsWith(Local, StringComparison.Ordinal))
            return Uri.UnescapeDataString(text[Local.Length..]).TrimStart('/');
        string path = text.Split('?')[0];
        return Uri.TryCreate(path, UriKind.Absolute, out var address) && address.Scheme != Uri.UriSchemeFile
            ? Uri.UnescapeDataString(address.AbsolutePath).TrimStart('/')
            : path.StartsWith("/data/upload/", StringComparison.Ordinal) ? Basename(path) : path;
    }

    private static string Basename(string path) => path[(path.Replace('\\', '/').LastIndexOf('/') + 1)..];

    private static AnnotatedContent Read(AnnotationTree tree, string path, Task task)
    {
        string folder = InnerPath.Folder(path), name = Basename(task.Image);
        string? inner = InnerPath.Of("", task.Image);
        string image = tree.FindImage(task.Image, inner is null ? null : InnerPath.Join(folder, $"images/{name}"), inner is null ? null
            : InnerPath.Join(folder, name), inner, inner is null ? null : name);
        return task.File.Parse(task.Index, json =>
        {
            var results = ResultsOf(json).ToList();

            // A region may be drawn in one result and labelled in another of its id.
            var names = results.Select(result => (Id: result.Find("id")?.Element.ToString(), Label: LabelsIn(result).FirstOrDefault()))
                .Where(pair => pair.Id is not null && pair.Label is not null)
                .GroupBy(pair => pair.Id!).ToDictionary(same => same.Key, same => same.First().Label!);
            var objects = results.Select((result, i) => Object(result, i, names))
                .OfType<(string Label, string Place, long Height, long Width, Action<Stencil> Draw)>().ToList();
            return new AnnotatedContent(image, canvas =>
            {
                foreach (var (label, place, height, width, draw) in objects)
                {
                    canvas.RequireSize(height, width);
                    canvas.Add(label, place, draw);
                }
            });
        });
    }

    private static (string Label, string Place, long Height, long Width, Action<Stencil> Draw)? Object(Json result, int index,
        Dictionary<string, string> names)
    {
        string type = result.Need("type").Text();
        string kind = type.EndsWith(LabelsEnding, StringComparison.Ordinal) ? type[..^LabelsEnding.Length] : type;
        if (!_drawn.Contains(kind))
            return null;
        var value = result.Need("value");
        string? label = LabelsIn(result).FirstOrDefault()
            ?? (result.Find("id") is { } id ? names.GetValueOrDefault(id.Element.ToString()) : null);
        if (label is null)
            throw result.Fault(".value", "has no label, so that it is of no class");
        if (result.Find("image_rotation") is { } rotation && rotation.Number() != 0)
            throw result.Fault(".image_rotation", "is not 0: the image was turned in Label Studio, which is not read");
        long height = result.Need("original_height").Integer(), width = result.Need("original_width").Integer();
        return (label, $"result {index}", height, width, Draw(kind, value, height, width));
    }

    private static Action<Stencil> Draw(string kind, Json value, long height, long width)
    {
        switch (kind)
        {
            case "brush":
                byte[] bytes = [.. value.Need("rle").Items()
                    .Select(number => number.Is(JsonValueKind.Number) && number.Element.TryGetByte(out byte part) ? part
                    : throw number.Fault("", "is no byte"))];
                return stencil => BrushRuns.Fill(stencil, bytes);
            case "polygon":
                double[] points = value.Need("points").Points();
                if (points.Length < 6)
                    throw value.Fault(".points", $"has {points.Length / 2} points, and a polygon has 3 at least");
                for (int i = 0; i < points.Length; i++)
                    points[i] = points[i] / 100 * (i % 2 == 0 ? width : height);
                return stencil => CocoPolygon.Fill(stencil, points);
            case "rectangle":
                double[] corners = Corners(value, height, width);
                return stencil => CocoPolygon.Fill(stencil, corners);
            default:
                double x = Share(value, "x", width), y = Share(value, "y", height), radiusX = Share(value, "radiusX", width), radiusY =
                    Share(value, "radiusY", height);
                double turned = value.Find("rotation")?.Number() ?? 0;
                return stencil => OpenCvEllipse.Fill(stencil, (int)Math.Round(x), (int)Math.Round(y), (int)Math.Round(radiusX),
                    (int)Math.Round(radiusY), (int)Math.Round(turned));
        }
    }

    // Turned about its upper left corner.
    private static double[] Corners(Json value, long height, long width)
    {
        double x = Share(value, "x", width), y = Share(value, "y", height), across = Share(value, "width", width), down =
            Share(value, "height", height);
        double turned = value.Find("rotation")?.Number() ?? 0;
        if (turned == 0)
            return [x, y, x + across, y, x + across, y + down, x, y + down];
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(turned));
        return [x, y, x + (across * cos), y + (across * sin), x + (across * cos) - (down * sin), y + (across * sin) + (down * cos),
            x - (down * sin), y + (down * cos)];
    }

    private static double Share(Json value, string name, long side) => value.Need(name).Number() is var share and >= -1000 and <= 1000
        ? share / 100 * side
        : throw value.Fault($".{name}", "lies farther away than any image reaches");
}
