// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>The layout of PASCAL VOC, which CVAT writes too: folders of images and of masks, and lists of the names of each
/// split.</summary>
/// <param name="tree">The files.</param>
/// <param name="root">The folder that holds the layout, below the tree's.</param>
internal sealed class MaskFolders(AnnotationTree tree, string root)
{
    private const string Lists = "ImageSets/Segmentation", Masks = "SegmentationClass", PngMasks = "SegmentationClassPNG";

    /// <summary>Finds the layout.</summary>
    /// <exception cref="InvalidDataException">There is none, or several.</exception>
    public static MaskFolders Find(AnnotationTree tree)
    {
        var roots = tree.Around(Masks).Concat(tree.Around(PngMasks)).Distinct().ToArray();
        return roots switch
        {
            [var one] => new MaskFolders(tree, one),
            [] => throw new InvalidDataException($"'{tree.Root}' has no folder {Masks}. Name the folder around it."),
            _ => throw new InvalidDataException(
                $"'{tree.Root}' has several folders {Masks}, in {string.Join(" and ", roots.Select(root => $"'{root}'"))}. Name the folder around one."),
        };
    }

    /// <summary>The path of a file beside the folders, below the tree's root.</summary>
    public string Beside(string name) => InnerPath.Join(root, name);

    /// <summary>Lists the images.</summary>
    /// <param name="paint">Paints the mask of a file, or what an image without one is.</param>
    /// <param name="paintMissing">Paints an image that is listed and has no mask; null where that is a fault.</param>
    /// <param name="notes">Takes what is said of the lists.</param>
    public List<AnnotatedImage> List(Action<MaskCanvas, string> paint, Action<MaskCanvas>? paintMissing, List<string> notes)
    {
        var names = Names(notes);
        return [.. names.Select(name =>
            new AnnotatedImage(name, MaskOf(name.Path) ?? tree.At(Beside($"{Masks}/{name.Path}.png")), () => Open(name.Path)))];

        AnnotatedContent Open(string name)
        {
            string? mask = MaskOf(name);
            string image = tree.FindImageByStem(Beside($"JPEGImages/{name}"), Beside($"images/{name}"), name);
            if (mask is not null)
                return new AnnotatedContent(image, canvas => paint(canvas, mask));
            if (OtherMask(name) is { } other)
                throw new InvalidDataException(
                    $"Mask '{other}' is no PNG; ids and colours are read from PNG alone, since others change them. Export the masks again.");
            return paintMissing is not null
                ? new AnnotatedContent(image, paintMissing)
                : throw new FileNotFoundException(
                    $"Image '{name}' has no mask: expected '{tree.At(Beside($"{Masks}/{name}.png"))}'. Bring it there, or take the image off the list.");
        }
    }

    private string? MaskOf(string name) => new[] { PngMasks, Masks }
        .Select(folder => tree.At(Beside($"{folder}/{name}.png"))).FirstOrDefault(File.Exists);

    private string? OtherMask(string name)
    {
        string path = tree.At(Beside($"{Masks}/{name}"));
        string? folder = Path.GetDirectoryName(path);
        return folder is null || !Directory.Exists(folder) ? null : Directory.EnumerateFiles(folder, Path.GetFileName(path) + ".*")
            .FirstOrDefault();
    }

    // The lists of train and val; where there are none, those there are; where there are none of those, every mask.
    private List<AnnotatedName> Names(List<string> notes)
    {
        string prefix = Beside(Lists) + "/";
        string[] lists = [.. tree.Files
            .Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))];
        string[] split = [.. lists.Where(path => SplitNames.Of(Path.GetFileNameWithoutExtension(path)) is not null)];
        if (split.Length < lists.Length && split.Length > 0)
            notes.Add(
                $"Not read, since the splits have lists of their own: {string.Join(", ", lists.Except(split).Select(path => $"'{path}'"))}.");
        if (lists.Length > 0)
        {
            var names = new List<AnnotatedName>();
            foreach (string list in split.Length > 0 ? split : lists)
                names.AddRange(TextLines.Read(tree.At(list))
                    .Select(line => new AnnotatedName(SplitNames.Of(Path.GetFileNameWithoutExtension(list)) ?? DatasetSplit.Train,
                    Checked(line, list))));
            return names;
        }

        notes.Add($"There is no list in {Lists}: every mask is of the training split.");
        string[] folders = [Beside(PngMasks) + "/", Beside(Masks) + "/"];
        return [.. tree.EndingIn(".png").SelectMany(path => folders.Where(folder => path.StartsWith(folder, StringComparison.Ordinal))
            .Select(folder => new AnnotatedName(DatasetSplit.Train, InnerPath.Stem(path[folder.Length..])))).Distinct()];
    }

    // Lists of classes have a number behind the name; a name may hold blanks.
    private static string Checked(string line, string list) => InnerPath.Of("", line) is { } inner
        ? inner
        : throw new InvalidDataException($"'{list}' lists '{Excerpt.Of(line)}', which leads out of the folder. Correct the list.");
}
