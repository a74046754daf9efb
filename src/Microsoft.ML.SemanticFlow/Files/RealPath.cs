// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Where a path leads when every link in it is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as many as Linux follows

    /// <summary>How the system compares paths.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The path without links, as far as it exists.</summary>
    /// <exception cref="IOException">Links lead to one another in a circle.</exception>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int links = 0; links <= MostLinks; links++)
        {
            if (FirstLink(full) is not var (link, target))
                return full;
            string folder = Path.GetDirectoryName(link)!; // a root is no link
            full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(folder, target, Path.GetRelativePath(link, full))));
        }

        throw new IOException($"'{path}' leads through more than {MostLinks} links: some lead to one another in a circle. Remove them.");
    }

    /// <summary>Whether a path is a folder or lies in it; both without links.</summary>
    public static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder, Comparison)
        && (path.Length == folder.Length || Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);

    private static (string Link, string Target)? FirstLink(string full)
    {
        int root = Path.GetPathRoot(full)!.Length; // a full path has one
        for (int end = root; end < full.Length;)
        {
            int next = full.IndexOf(Path.DirectorySeparatorChar, end + 1);
            end = next < 0 ? full.Length : next;
            if (new DirectoryInfo(full[..end]).LinkTarget is { } target)
                return (full[..end], target);
        }

        return null;
    }
}
