// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>Images of a folder and its subfolders, and the label files of the same relative path and stem in another.</summary>
internal static class ImageFolder
{
    private static readonly string[] _endings = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>Lists the images in ordinal order of their relative paths, so that every machine sees the same order.</summary>
    public static IReadOnlyList<SegmentationSample> List(string images, string? labels)
    {
        RequireDirectory(images, "image");
        if (labels is not null)
            RequireDirectory(labels, "label");

        var relative = Directory.EnumerateFiles(images, "*", SearchOption.AllDirectories)
            .Where(path => _endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(images, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (relative.Length == 0)
            throw new FileNotFoundException($"No image found in '{images}' and its subfolders: looked for files ending in {string.Join(", ", _endings)}.");

        var samples = Array.ConvertAll(relative, path => new SegmentationSample(
            Path.Combine(images, path),
            labels is null ? null : Path.Combine(labels, Path.ChangeExtension(path, ".png"))));
        RequireLabels(samples);
        return samples;
    }

    private static void RequireDirectory(string path, string what)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"The {what} folder '{path}' does not exist.");
    }

    private static void RequireLabels(SegmentationSample[] samples)
    {
        var without = samples.Where(sample => sample.LabelPath is not null && !File.Exists(sample.LabelPath)).ToArray();
        if (without.Length > 0)
        {
            throw new FileNotFoundException(
                $"Image '{without[0].ImagePath}' has no label file: expected '{without[0].LabelPath}' ({without.Length} of {samples.Length} images lack theirs). Add the label or remove the image.",
                without[0].LabelPath);
        }
    }
}
