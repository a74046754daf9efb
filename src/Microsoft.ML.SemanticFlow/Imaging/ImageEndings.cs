// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Which files of a folder are images, by how their names end.</summary>
internal static class ImageEndings
{
    /// <summary>Endings of the images that are read, in small letters.</summary>
    public static IReadOnlyList<string> Read { get; } = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".gif"];

    private static readonly HashSet<string> _read = new(Read, StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> _unread = new(StringComparer.OrdinalIgnoreCase)
    {
        ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpf", ".jpx", ".jxr", ".wdp", ".ico", ".cur", ".tga", ".psd",
        ".xcf", ".svg", ".exr", ".hdr", ".pbm", ".pgm", ".ppm", ".pnm", ".pam", ".pfm", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf",
        ".raf", ".rw2", ".apng", ".mng", ".dcm", ".nii",
    };

    /// <summary>Whether a name ends as an image's does, of a format that is read or not.</summary>
    public static bool IsImage(string path) =>
        Path.GetExtension(path) is var ending && (_read.Contains(ending) || _unread.Contains(ending));

    /// <summary>Why a file of a folder is no image that is read, in a few words; null when it is one.</summary>
    public static string? WhyNot(string path)
    {
        string name = Path.GetFileName(path), ending = Path.GetExtension(name);
        if (name.StartsWith("._", StringComparison.Ordinal))
            return "left by macOS beside another file"; // it ends as that file does, and holds no image
        if (name.StartsWith('.'))
            return "a hidden file";
        if (_read.Contains(ending))
            return null;
        return _unread.Contains(ending) ? $"{ending.ToLowerInvariant()} is not read: convert to PNG" : "not the ending of an image";
    }
}
