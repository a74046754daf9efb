// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Where the images of a data.yaml lie, as Ultralytics finds them.</summary>
internal sealed class YoloFolders
{
    private readonly string _root;
    private readonly string _yaml;

    /// <param name="tree">The files.</param>
    /// <param name="yaml">The data.yaml.</param>
    /// <param name="path">Its member path.</param>
    public YoloFolders(AnnotationTree tree, string yaml, string? path)
    {
        _yaml = yaml;
        string named = Path.GetFullPath(path ?? ".", tree.Root);
        string inside = Path.TrimEndingDirectorySeparator(named);
        _root = tree.ImagesRoot != tree.Root ? tree.ImagesRoot
            : Directory.Exists(inside) && RealPath.IsWithin(inside, tree.Root) ? inside
            : tree.Root;
        if (path is not null && _root != inside)
            Notes.Add($"'{yaml}' names the path '{Excerpt.Of(path)}', and '{_root}' is read.");
    }

    public List<string> Notes { get; } = [];

    /// <summary>The images of a split's folder or list, in ordinal order, and their names below the split.</summary>
    public IEnumerable<(string Image, string Name)> Images(string place)
    {
        string path = Resolve(place);
        if (Directory.Exists(path))
        {
            return FolderWalk.List(path, [], static (_, _) => { }, (folder, fault) =>
                throw new UnauthorizedAccessException($"Folder '{folder}' cannot be read: {fault.Message} Change its permissions.", fault))
                .Where(image => ImageEndings.WhyNot(image) is null).Select(image => (Path.Combine(path, image), InnerPath.Stem(image)));
        }

        if (!File.Exists(path))
            throw new DirectoryNotFoundException(
                $"'{_yaml}' names '{Excerpt.Of(place)}', which is no folder or list in '{_root}'. Correct it, bring the images there, or name their folder.");
        return TextLines.Read(path).Select(line => OfList(line, path));
    }

    /// <summary>Whether a split is a folder, and no list.</summary>
    public bool IsFolder(string place) => Directory.Exists(Resolve(place));

    /// <summary>The label of an image: the last folder images is another one.</summary>
    public static string Beside(string image, string folder, string ending)
    {
        const string Images = "/images/";
        string slashed = image.Replace('\\', '/');
        int at = slashed.LastIndexOf(Images, StringComparison.Ordinal);
        return InnerPath.Stem(at < 0 ? slashed : $"{slashed[..at]}/{folder}/{slashed[(at + Images.Length)..]}") + ending;
    }

    // Roboflow's files lead a folder up where there is none.
    private string Resolve(string place)
    {
        if (Path.IsPathRooted(place) && RealPath.IsWithin(Path.GetFullPath(place), _root))
            return Path.GetFullPath(place);
        string? inner = InnerPath.Of("", place)
            ?? (place.StartsWith("../", StringComparison.Ordinal) ? InnerPath.Of("", place[3..]) : null);
        return inner is not null
            ? Path.Combine(_root, inner)
            : place is "." or "./" ? _root
                : throw new InvalidDataException(
                $"'{_yaml}' names '{Excerpt.Of(place)}', which lies outside of '{_root}'. Name the folder that holds all, or correct it.");
    }

    // CVAT's lists begin with data/, which is no folder of its export.
    private (string Image, string Name) OfList(string line, string list)
    {
        string[] candidates = line.StartsWith("data/", StringComparison.Ordinal) ? [line, line["data/".Length..]] : [line];
        string[] inner = [.. candidates.Select(candidate => InnerPath.Of("", candidate)).OfType<string>()];
        if (inner.Length == 0)
            throw new InvalidDataException(
                $"'{Path.GetFileName(list)}' lists '{Excerpt.Of(line)}', which lies outside of '{_root}'. Correct the list.");
        string found = inner.FirstOrDefault(path => File.Exists(Path.Combine(_root, path))) ?? inner[^1];
        int at = $"/{found}".LastIndexOf("/images/", StringComparison.Ordinal);
        string name = at < 0 ? found : found[(at + "images/".Length)..];
        return (Path.Combine(_root, found), SplitNames.Take(InnerPath.Stem(name)).Path);
    }
}
