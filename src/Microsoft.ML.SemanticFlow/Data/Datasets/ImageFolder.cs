// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>Images of a folder and its subfolders, and the label files of another that their names lead to.</summary>
internal static class ImageFolder
{
    private const string LabelEnding = ".png";

    /// <summary>Lists the images in ordinal order of their relative paths, so that every machine sees the same order.</summary>
    /// <param name="images">The folder of images.</param>
    /// <param name="labels">The folder of label files; null where images are only scored.</param>
    /// <param name="reading">What becomes of images that cannot be used.</param>
    /// <param name="naming">How a label is named after its image; null where both have one name.</param>
    public static IReadOnlyList<SegmentationSample> List(string images, string? labels, ReadingOptions reading, ImageNaming? naming = null)
    {
        naming ??= ImageNaming.Same;
        RequireDirectory(images, "image");
        if (labels is not null && naming.MayLackLabels && !Directory.Exists(labels))
            labels = null;
        if (labels is not null)
            RequireDirectory(labels, "label");

        var faults = new SampleFaults(reading, $"'{images}'");
        var leftOut = new List<SkippedFile>();
        var relative = new List<string>();
        int others = 0;
        foreach (string path in FolderWalk.List(images, reading.OutputDirectories, LeaveOut, Fail))
        {
            if (ImageEndings.WhyNot(path) is { } reason)
                LeaveOut(Path.Combine(images, path), reason);
            else if (naming.IsWanted(NameOf(path)))
                relative.Add(path);
            else
                others++;
        }

        if (relative.Count == 0)
        {
            string passedOver = leftOut.Count > 0 ? $" Passed over: {SkippedFile.Summarize(leftOut)}." : "";
            throw new FileNotFoundException(others > 0
                ? $"No image of this split is in '{images}': its {others} images belong to others.{passedOver}"
                : $"No image found in '{images}' and its subfolders: looked for files ending in {string.Join(", ", ImageEndings.Read)}.{passedOver}");
        }

        List<SegmentationSample> samples = labels is null
            ? [.. relative.Select(path => new SegmentationSample(Path.Combine(images, path), null))]
            : Pair(images, labels, relative, naming, faults);
        if (reading.CheckFiles)
            samples = SampleCheck.Run(samples, faults, reading.SmallestSide);
        faults.RequireShare(samples.Count);
        return samples;

        void Fail(string folder, Exception fault) => faults.Add(folder, Unreadable(folder, fault));

        void LeaveOut(string path, string reason)
        {
            var file = new SkippedFile(path, reason);
            leftOut.Add(file);
            reading.LeftOut?.Report(file);
        }
    }

    private static string NameOf(string path) => Path.ChangeExtension(path, null);

    // A label is found by its folder and name, whatever the case of its ending.
    private static List<SegmentationSample> Pair(string images, string labels, List<string> relative, ImageNaming naming, SampleFaults faults)
    {
        bool isOneFolder = RealPath.Of(images).Equals(RealPath.Of(labels), RealPath.Comparison);
        var samples = new List<SegmentationSample>();
        var lacking = new List<SegmentationSample>();
        var files = new LabelFolders(labels);
        foreach (var same in relative.GroupBy(NameOf))
        {
            string image = Path.Combine(images, same.First());
            if (naming.LabelOf(same.Key) is not { } name)
            {
                faults.Add(image, new InvalidDataException($"Image '{image}' is not named as the data set names images, {naming.Form}. Rename it, or move it away."));
                continue;
            }

            string[] found;
            try
            {
                found = files.Find(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add(image, Unreadable(Path.Combine(labels, Path.GetDirectoryName(name) ?? ""), e));
                continue;
            }

            if (isOneFolder && found is [var own] && Path.GetRelativePath(labels, own) == same.First())
                throw new InvalidDataException($"'{images}' is the folder of the images and of the labels: image '{image}' would be its own label. Name the folder of each.");
            if (same.Skip(1).FirstOrDefault() is { } second)
            {
                foreach (string path in same)
                    faults.Add(Path.Combine(images, path), new InvalidDataException(
                        $"'{image}' and '{Path.Combine(images, second)}' have one stem, so that both go with one label. " +
                        "Rename or remove one."));
            }
            else if (found.Length > 1)
            {
                faults.Add(image, new InvalidDataException(
                    $"Image '{image}' has two label files, '{found[0]}' and '{found[1]}'. " +
                    "Remove one."));
            }
            else
            {
                var sample = new SegmentationSample(image, found is [var label] ? label : Path.Combine(labels, name + LabelEnding));
                (found.Length == 0 ? lacking : samples).Add(sample);
            }
        }

        if (naming.MayLackLabels && samples.Count == 0 && faults.Count == 0)
            return [.. lacking.Select(sample => sample with { LabelPath = null })];
        foreach (var sample in lacking)
        {
            string stem = NameOf(Path.GetRelativePath(labels, sample.LabelPath!)); // each has the path it should have
            string other = files.FindOther(stem) is { } beside ? $" (there is '{beside}', but class ids are read from PNG alone)"
                : files.FindAlike(stem) is { } alike ? $" (there is '{alike}', whose name differs in capital letters, or in how accents are encoded)"
                : "";
            faults.Add(sample.ImagePath, new FileNotFoundException(
                $"Image '{sample.ImagePath}' has no label file: expected '{sample.LabelPath}'{other} " +
                $"({lacking.Count} of {relative.Count} images lack theirs). {naming.Remedy}",
                sample.LabelPath));
        }

        return samples;
    }

    private static UnauthorizedAccessException Unreadable(string folder, Exception fault) =>
        new($"Folder '{folder}' cannot be read: {fault.Message} Change its permissions, or leave it out.", fault);

    private static void RequireDirectory(string path, string what)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException(File.Exists(path) ? $"The {what} folder '{path}' is a file. Name a folder." : $"The {what} folder '{path}' does not exist.");
    }

    /// <summary>The folders of label files, each listed once.</summary>
    private sealed class LabelFolders(string root)
    {
        private readonly Dictionary<string, ILookup<string, string>> _folders = [];

        /// <summary>The label files of a relative path without its ending.</summary>
        public string[] Find(string relativeStem) => [.. FilesOf(relativeStem).Where(IsLabel).Order(StringComparer.Ordinal)];

        /// <summary>An image of that path and stem, which is none of these.</summary>
        public string? FindOther(string relativeStem) => FilesOf(relativeStem).FirstOrDefault(ImageEndings.IsImage);

        /// <summary>A label whose name a person takes for the same: an archive from another system writes capital letters or accents its own way.</summary>
        public string? FindAlike(string relativeStem)
        {
            string stem = Alike(Path.GetFileName(relativeStem));
            return AllIn(relativeStem).Where(same => Alike(same.Key) == stem).SelectMany(same => same).FirstOrDefault(IsLabel);
        }

        private static string Alike(string name) => name.Normalize().ToUpperInvariant();

        private static bool IsLabel(string path) => Path.GetExtension(path).Equals(LabelEnding, StringComparison.OrdinalIgnoreCase);

        private IEnumerable<string> FilesOf(string relativeStem) => AllIn(relativeStem)[Path.GetFileName(relativeStem)];

        private ILookup<string, string> AllIn(string relativeStem)
        {
            string folder = Path.GetDirectoryName(relativeStem) ?? "";
            if (!_folders.TryGetValue(folder, out var files))
            {
                string path = Path.Combine(root, folder);
                var found = Directory.Exists(path) ? Directory.EnumerateFiles(path) : [];
                files = found.ToLookup(file => Path.GetFileNameWithoutExtension(file));
                _folders.Add(folder, files);
            }

            return files;
        }
    }
}
