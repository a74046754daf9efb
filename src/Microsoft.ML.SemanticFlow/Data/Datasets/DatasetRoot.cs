// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>Finds the folders of a data set below a root: people unpack the same archives into different trees.</summary>
internal static class DatasetRoot
{
    /// <summary>The first of some folders that is there.</summary>
    /// <param name="root">The folder that the user names.</param>
    /// <param name="title">The data set.</param>
    /// <param name="candidates">Paths below it, with slashes.</param>
    /// <exception cref="DirectoryNotFoundException">None is there.</exception>
    public static string Find(string root, string title, params IReadOnlyList<string> candidates) => TryFind(root, candidates)
        ?? throw new DirectoryNotFoundException(
            $"'{root}' is no folder of {title}{(candidates.Count > 1 ? " in a layout that is known" : "")}: it has no '{string.Join("' and no '", candidates)}'. Name the folder above.");

    /// <summary>The first of some folders that is there; null when none is.</summary>
    public static string? TryFind(string root, params IReadOnlyList<string> candidates) =>
        candidates.Select(candidate => Path.Combine(root, candidate)).FirstOrDefault(Directory.Exists);
}
