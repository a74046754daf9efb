// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Roboflow "Semantic Segmentation Masks": a mask of ids beside each image, and a table of the classes in each folder.</summary>
internal static class Roboflow
{
    private const string Table = "_classes.csv", Ending = "_mask.png", BackgroundName = "background";

    public static AnnotationFormatInfo Info { get; } =
        new("roboflow", "Roboflow, Semantic Segmentation Masks", "{train,valid,test}/NAME.jpg, NAME_mask.png, _classes.csv")
        {
            Background = "class background",
            Recognize = tree => tree.Files.Any(path => Path.GetFileName(path) == Table) ? $"it has {Table}" : null,
            Open = Open,
        };

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        string[] folders = [.. tree.EndingIn(Ending).Select(InnerPath.Folder)
            .Concat(tree.Files.Where(path => Path.GetFileName(path) == Table).Select(InnerPath.Folder)).Distinct()];
        if (folders.Length == 0)
            throw new FileNotFoundException($"'{tree.Root}' holds no masks of Roboflow: looked for files ending in {Ending}.");
        var values = new SortedDictionary<int, string>();
        foreach (string folder in folders)
            Add(tree, folder, values);
        int? background = values.FirstOrDefault(pair =>
            pair.Value.Equals(BackgroundName, StringComparison.OrdinalIgnoreCase)) is { Value: not null } found ? found.Key : null;
        var classes = ClassTable.Create($"'{Table}'", values.Select(pair => new ClassTable.Entry(pair.Value, pair.Key)), background,
            options);
        var table = IndexTable.Of(classes);
        if (options.Labels is not null)
            table = [.. Enumerable.Range(0, 256).Select(value => values.TryGetValue(value, out string? name) ? classes.IdOf(name) : null)];
        if (options.Background == AnnotationBackground.Ignore && background is { } ignored)
            table[ignored] = LabelMap.IgnoreId;

        string known = $"'{Table}' lists {IndexTable.Describe(table)}";
        return new AnnotatedSet(classes, [.. folders.SelectMany(folder => Images(tree, folder)).Select(image =>
        {
            string mask = InnerPath.Stem(image) + Ending;
            return new AnnotatedImage(SplitNames.Take(InnerPath.Stem(image)), tree.At(mask), () =>
            {
                if (!tree.Has(mask))
                    throw new FileNotFoundException(
                        $"Image '{image}' has no mask: expected '{tree.At(mask)}'. Bring it there, or remove the image.", mask);
                return new AnnotatedContent(tree.At(image), canvas =>
                    MaskFile.ReadIds(tree.At(mask), canvas, table, known, options.UnknownLabels));
            });
        }).Concat(folders.SelectMany(folder => Orphans(tree, folder)))]);
    }

    private static IEnumerable<string> Images(AnnotationTree tree, string folder) => tree.Files.Where(path =>
        InnerPath.Folder(path) == folder && ImageEndings.WhyNot(path) is null
            && !path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<AnnotatedImage> Orphans(AnnotationTree tree, string folder)
    {
        var stems = Images(tree, folder).Select(InnerPath.Stem).ToHashSet();
        return tree.EndingIn(Ending).Where(path => InnerPath.Folder(path) == folder && !stems.Contains(path[..^Ending.Length]))
            .Select(mask =>
            new AnnotatedImage(SplitNames.Take(mask[..^Ending.Length]), tree.At(mask), () =>
                throw new FileNotFoundException($"Mask '{mask}' has no image beside it. Bring the image, or remove the mask.", mask)));
    }

    // The first comma ends the value; names may hold others.
    private static void Add(AnnotationTree tree, string folder, SortedDictionary<int, string> values)
    {
        string path = InnerPath.Join(folder, Table);
        if (!tree.Has(path))
            throw new FileNotFoundException($"'{tree.At(path)}' is missing: it says what the masks' values mean. Export the masks again.",
                path);
        var own = new HashSet<int>();
        foreach (string line in TextLines.Read(tree.At(path)).Skip(1))
        {
            int comma = line.IndexOf(',', StringComparison.Ordinal);
            string name = comma < 0 ? "" : line[(comma + 1)..].Trim();
            if (comma < 0 || name.Length == 0
                || !int.TryParse(line[..comma].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                || value >= LabelMap.IgnoreId)
                throw new InvalidDataException(
                    $"'{path}', line '{Excerpt.Of(line)}' is no pixel value from 0 to 254 and class. Export the masks again.");
            if (!own.Add(value))
                throw new InvalidDataException(
                    $"'{path}' lists value {value} twice, so that it means no one class. Export the masks again.");
            if (!values.TryAdd(value, name) && values[value] != name)
                throw new InvalidDataException(
                    $"'{path}' calls value {value} '{Excerpt.Of(name)}', and another {Table} calls it '{Excerpt.Of(values[value])}'. Import the folders one by one.");
        }
    }
}
