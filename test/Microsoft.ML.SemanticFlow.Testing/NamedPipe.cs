// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Pipes in the file system, which nobody writes to: opening one waits without end. Windows has none.</summary>
public static class NamedPipe
{
    /// <summary>Makes one.</summary>
    public static void Make(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
    }
}
