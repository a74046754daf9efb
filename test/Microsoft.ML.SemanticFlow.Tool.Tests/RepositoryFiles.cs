// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..")); // a file has a folder

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string ReadAll(params string[] parts) => File.ReadAllText(At(parts)).ReplaceLineEndings("\n");

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
