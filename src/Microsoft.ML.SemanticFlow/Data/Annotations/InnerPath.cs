// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>Paths that annotations name: they stay in the folder that the user gave.</summary>
internal static class InnerPath
{
    /// <summary>A path below a folder, with slashes and without <c>.</c> and <c>..</c>.</summary>
    /// <param name="folder">The folder that the path is relative to, itself such a path; empty for the root.</param>
    /// <param name="path">What a file names; backslashes are slashes.</param>
    /// <returns>Null where it leads out of the root, or is no path.</returns>
    public static string? Of(string folder, string path)
    {
        string slashed = path.Replace('\\', '/');
        if (slashed.StartsWith('/') || slashed.Contains('\0', StringComparison.Ordinal) || slashed is [_, ':', ..])
            return null;
        var parts = new List<string>();
        foreach (string part in $"{folder}/{slashed}".Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                return null;
        }

        return parts.Count > 0 ? string.Join('/', parts) : null;
    }

    /// <summary>The path without its ending.</summary>
    public static string Stem(string path) => Path.ChangeExtension(path, null);

    /// <summary>The folder of a path; empty for the root.</summary>
    public static string Folder(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    /// <summary>A path below a folder that may be the root.</summary>
    public static string Join(string folder, string path) => folder.Length == 0 ? path : $"{folder}/{path}";
}
