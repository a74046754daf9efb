// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>The files in a test project's folder Data, which lie beside the built tests.</summary>
public static class TestFiles
{
    /// <summary>The full path of a file.</summary>
    public static string Find(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    /// <summary>The bytes of a file.</summary>
    public static byte[] Bytes(string name) => File.ReadAllBytes(Find(name));
}
