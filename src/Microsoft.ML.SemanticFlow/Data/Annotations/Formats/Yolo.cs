// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Ultralytics: data.yaml, and polygons in text files or masks beside the images.</summary>
internal static class Yolo
{
    private const string BackgroundName = "background", IgnoreName = "ignore_label";

    private static readonly string[] _splits = ["train", "val", "test"];

    public static AnnotationFormatInfo Info { get; } = new(
        "yolo", "YOLO polygons, Ultralytics' data.yaml", "data.yaml, images/SPLIT/NAME.jpg and labels/SPLIT/NAME.txt, or SPLIT/images and SPLIT/labels, or masks_dir")
    {
        Painter = "OpenCV 4.13",
        Order = PaintOrder.Area,
        Background = "of one class 0; of N classes a last one, N; none with masks_dir",
        Recognize = tree => FindYaml(tree) is { } path ? $"'{path}' lists names" : null,
        Open = Open,
    };

    private static string? FindYaml(AnnotationTree tree) => tree.Files.FirstOrDefault(path =>
        !path.Contains('/', StringComparison.Ordinal) && Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml"
            && (tree.File is not null || HasNames(tree.At(path))));

    private static bool HasNames(string path)
    {
        try
        {
            return Yaml.Read(path)["names"] is not null;
        }
        catch (InvalidDataException)
        {
            return Path.GetFileName(path) == "data.yaml"; // who reads it says what is wrong
        }
    }

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        string path = FindYaml(tree) ?? throw new FileNotFoundException(
            $"'{tree.Root}' has no data.yaml: looked for a .yaml file with names.");
        var yaml = Yaml.Read(tree.At(path));
        var names = Names(yaml, path);
        string? masks = yaml["masks_dir"]?.Text;
        bool isOne = names.Count == 1;
        int background = isOne ? 0 : masks is null ? names.FindIndex(name => name == BackgroundName) is >= 0 and var own ? own
            : names.Count : -1;
        List<ClassTable.Entry> entries = isOne ? [new(BackgroundName, 0), new(names[0], 1)]
            : [.. names.Select((name, id) => new ClassTable.Entry(name, id))];
        if (background == entries.Count)
            entries.Add(new ClassTable.Entry(BackgroundName, background));
        var classes = ClassTable.Create($"'{path}'", entries, background < 0 ? null : background, options);

        var folders = new YoloFolders(tree, path, yaml["path"]?.Text);
        var images = new List<AnnotatedImage>();
        var reader = masks is null ? null : MaskReader(yaml, path, classes, options, isOne);
        foreach (string split in _splits)
        {
            foreach (string place in yaml[split]?.Texts ?? [])
                Add(folders, split, place, masks, names, reader, images);
        }

        if (images.Count == 0)
            throw new InvalidDataException($"'{path}' leads to no image by train, val and test. Check whether the images lie below it.");
        return new AnnotatedSet(classes, images) { Notes = folders.Notes };
    }

    private static void Add(
        YoloFolders folders, string split, string place, string? masks, List<string> names, Action<MaskCanvas, string>? reader, List<AnnotatedImage> images)
    {
        var known = SplitNames.Of(split)!.Value; // train, val and test
        var labels = new HashSet<string>();
        foreach (var (image, name) in folders.Images(place))
        {
            string label = YoloFolders.Beside(image, masks ?? "labels", masks is null ? ".txt" : ".png");
            labels.Add(label);
            images.Add(new AnnotatedImage(new AnnotatedName(known, name), File.Exists(label) ? label : image, () =>
            {
                if (!File.Exists(image))
                    throw new FileNotFoundException(
                        $"Image '{image}' is missing, which '{place}' lists. Bring it there, or correct the list.", image);
                if (reader is null)
                    return new AnnotatedContent(image, YoloRows.Read(label, names));
                return File.Exists(label)
                    ? new AnnotatedContent(image, canvas => reader(canvas, label))
                    : throw new FileNotFoundException(
                        $"Image '{image}' has no mask: expected '{label}'. Bring it there, or remove the image.", label);
            }));
        }

        if (!folders.IsFolder(place))
            return;
        images.AddRange(labels.Select(label => Path.GetDirectoryName(label)!).Distinct().Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, masks is null ? "*.txt" : "*.png"))
                .Where(label => !labels.Contains(label) && Path.GetFileName(label) != "classes.txt")
            .Order(StringComparer.Ordinal)
                .Select(label => new AnnotatedImage(new AnnotatedName(known, Path.GetFileNameWithoutExtension(label)), label, () =>
                throw new FileNotFoundException($"Label file '{label}' has no image. Bring it, or remove the label.", label))));
    }

    private static List<string> Names(Yaml yaml, string path)
    {
        var names = yaml["names"] ?? throw new InvalidDataException(
            $"'{path}' lists no names, so that the numbers of classes mean nothing. Add them.");
        if (names.Items is { } items)
            return [.. items.Select(item => item.Text
                ?? throw new InvalidDataException($"'{path}' has a name that is no text. Correct it."))];
        var list = new SortedDictionary<int, string>();
        foreach (var (key, value) in names.Members ?? [])
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || value.Text is not { } name
                || !list.TryAdd(id, name))
                throw new InvalidDataException(
                    $"'{path}', names: '{Excerpt.Of(key)}' is no number of a class with a name, or is there twice. Correct it.");
        }

        if (list.Count == 0 || list.Keys.Last() != list.Count - 1)
            throw new InvalidDataException(
                $"'{path}', names: the numbers of {list.Count} classes do not run from 0 without a gap. Correct it.");
        return [.. list.Values];
    }

    private static Action<MaskCanvas, string> MaskReader(Yaml yaml, string path, ClassTable classes, AnnotationImportOptions options,
        bool isOne)
    {
        var table = IndexTable.Of(classes, LabelMap.IgnoreId);
        if (isOne && options.Background == AnnotationBackground.Ignore)
            table[0] = LabelMap.IgnoreId;
        byte?[] mapped = [.. table];
        foreach (var (key, value) in yaml["label_mapping"]?.Members ?? [])
        {
            bool isIgnored = value.Text == IgnoreName;
            if (!byte.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out byte from)
                || (!isIgnored && !(byte.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out byte to)
                    && table[to] is not null)))
                throw new InvalidDataException(
                    $"'{path}', label_mapping: '{Excerpt.Of(key)}: {Excerpt.Of(value.Text ?? "")}' is no value from 0 to 255 and class. Correct it.");
            mapped[from] = isIgnored ? LabelMap.IgnoreId : table[byte.Parse(value.Text!, CultureInfo.InvariantCulture)]; // it was parsed
        }

        string known = $"'{path}' has classes and mapped values {IndexTable.Describe(mapped)}";
        return (canvas, mask) => MaskFile.ReadIds(mask, canvas, mapped, known, options.UnknownLabels);
    }
}
