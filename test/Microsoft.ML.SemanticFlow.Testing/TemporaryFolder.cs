// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>A folder that goes with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes an empty folder.</summary>
    /// <param name="around">Where; null for the system's place of temporary files.</param>
    public TemporaryFolder(string? around = null) => Root = around is null
        ? Directory.CreateTempSubdirectory("semanticflow-").FullName
        : Directory.CreateDirectory(Path.Combine(around, Path.GetRandomFileName())).FullName;

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The path of a file or folder in it, whether it exists or not.</summary>
    public string this[params string[] parts] => Path.Combine([Root, .. parts]);

    /// <summary>The path of a file in it, whose folder exists afterwards.</summary>
    public string Prepare(params string[] parts)
    {
        string path = this[parts];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // not null: the root is above
        return path;
    }

    /// <summary>Writes an empty file.</summary>
    public string Touch(params string[] parts)
    {
        string path = Prepare(parts);
        File.WriteAllBytes(path, []);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
