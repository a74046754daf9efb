// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>The files that the user names: a folder, or one file in it, and where their images lie.</summary>
internal sealed class AnnotationTree
{
    private readonly IReadOnlyList<string> _output;
    private readonly string _images;
    private readonly ReadingOptions _reading;
    private readonly Dictionary<string, ILookup<string, string>> _folders = [];

    /// <param name="input">The folder, or a file.</param>
    /// <param name="images">Where the images lie; null for the folder.</param>
    /// <param name="output">What is written to; not read.</param>
    /// <param name="reading">Told of what is passed over.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public AnnotationTree(string input, string? images, string output, ReadingOptions reading)
    {
        (_output, _reading) = ([.. reading.OutputDirectories, output], reading);
        string full = Path.GetFullPath(input);
        if (!Directory.Exists(full) && Path.Exists(full))
        {
            // COCO's own layout has the images beside the folder of annotations.
            Root = Path.GetDirectoryName(full)!; // a file lies in a folder
            if (Path.GetFileName(Root) == "annotations" && Path.GetDirectoryName(Root) is { } above)
                Root = above;
            File = Path.GetRelativePath(Root, full).Replace('\\', '/');
        }
        else
        {
            Root = Directory.Exists(full) ? full
                : throw new DirectoryNotFoundException($"There is no folder or file '{input}'. Name what the annotation tool wrote.");
        }

        _images = images is null ? Root : Path.GetFullPath(images);
        if (!Directory.Exists(_images))
            throw new DirectoryNotFoundException($"The image folder '{images}' does not exist.");
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The file that the user named, below <see cref="Root"/>; null for all of the folder.</summary>
    public string? File { get; }

    /// <summary>The files below the folder, with slashes, in ordinal order; only that of <see cref="File"/> where there is one.</summary>
    public IReadOnlyList<string> Files => field ??= File is null ? List(Root) : [File];

    /// <summary>Where the images lie; <see cref="Root"/> unless the user says otherwise.</summary>
    public string ImagesRoot => _images;

    /// <summary>The full path of a path below the folder.</summary>
    public string At(string path) => Path.Combine(Root, path);

    /// <summary>Whether there is a file.</summary>
    public bool Has(string path) => System.IO.File.Exists(At(path));

    /// <summary>The files whose names end so, in small or capital letters.</summary>
    public IEnumerable<string> EndingIn(string ending) => Files.Where(path =>
        path.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith("._", StringComparison.Ordinal));

    /// <summary>The folders that hold a folder of a name: the path of each, empty for the root.</summary>
    public IReadOnlyList<string> Around(string name) =>
    [
        .. Files.Select(path => $"/{path}".IndexOf($"/{name}/", StringComparison.Ordinal) is >= 0 and var at ? path[..Math.Max(0, at - 1)]
            : null)
            .OfType<string>().Distinct(),
    ];

    /// <summary>Files below the images' folder, with slashes, that are images which are read.</summary>
    public IEnumerable<string> ImageFiles => (_images == Root && File is null ? Files : List(_images))
        .Where(path => ImageEndings.WhyNot(path) is null);

    /// <summary>The full path of an image that <see cref="ImageFiles"/> lists.</summary>
    public string ImageAt(string path) => Path.Combine(_images, path);

    /// <summary>Finds the image of a name.</summary>
    /// <param name="named">What the annotations call it, for messages.</param>
    /// <param name="candidates">Where it may lie: paths below the images' folder; null ones lead out of it.</param>
    /// <exception cref="InvalidDataException">All lead out of the folder.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public string FindImage(string named, params IEnumerable<string?> candidates)
    {
        string?[] all = [.. candidates];
        string[] inside = [.. all.OfType<string>().Distinct()];
        if (inside.Length == 0)
            throw new InvalidDataException(
                $"Image '{Excerpt.Of(named)}' lies outside of '{_images}'. Name the folder that holds annotations and images, or bring the image into it.");
        string found = inside.Select(ImageAt).FirstOrDefault(System.IO.File.Exists)
            ?? throw Missing(named, inside[0]);
        return Readable(found);
    }

    /// <summary>Finds the image of a name without its ending.</summary>
    /// <param name="candidates">Where it may lie: paths below the images' folder, without endings.</param>
    /// <exception cref="InvalidDataException">There are two.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public string FindImageByStem(params IEnumerable<string> candidates)
    {
        string first = "";
        foreach (string stem in candidates)
        {
            first = first.Length == 0 ? stem : first;
            string[] found = [.. FilesOf(stem).Where(path => ImageEndings.WhyNot(path) is null).Order(StringComparer.Ordinal)];
            if (found.Length > 1)
                throw new InvalidDataException(
                    $"'{found[0]}' and '{found[1]}' have one stem, so that both go with one mask. Rename or remove one.");
            if (found.Length == 1)
                return found[0];
        }

        throw Missing(Path.GetFileName(first), first);
    }

    /// <summary>Whether there is an image of a path without its ending.</summary>
    public bool HasImageOf(string stem) => FilesOf(stem).Any(path => ImageEndings.WhyNot(path) is null);

    /// <summary>Refuses an image of a format that is not read.</summary>
    private static string Readable(string path) => ImageEndings.WhyNot(path) is { } reason
        ? throw new InvalidDataException($"Image '{path}' cannot be used: {reason}.")
        : path;

    private FileNotFoundException Missing(string named, string path) =>
        new($"Image '{Excerpt.Of(named)}' is missing: expected '{ImageAt(path)}'. Bring it there, or name the folder of the images.", path);

    private IEnumerable<string> FilesOf(string stem)
    {
        string folder = Path.GetDirectoryName(ImageAt(stem))!; // a file lies in a folder
        lock (_folders)
        {
            if (!_folders.TryGetValue(folder, out var files))
            {
                files = (Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : []).ToLookup(Path.GetFileNameWithoutExtension)!;
                _folders.Add(folder, files);
            }

            return files[Path.GetFileName(stem)];
        }
    }

    private IReadOnlyList<string> List(string folder) => FolderWalk.List(
        folder,
        _output,
        (path, reason) => _reading.LeftOut?.Report(new SkippedFile(path, reason)),
        (path, fault) => throw new UnauthorizedAccessException(
            $"Folder '{path}' cannot be read: {fault.Message} Change its permissions, or leave it out.", fault));
}
