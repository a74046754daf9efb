// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>The files of the repository that the tests were built from.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..")); // a file has a folder

    /// <summary>The full path of a file.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file, its lines ended by a line feed alone.</summary>
    public static string ReadAll(params string[] parts) => File.ReadAllText(At(parts)).ReplaceLineEndings("\n");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
