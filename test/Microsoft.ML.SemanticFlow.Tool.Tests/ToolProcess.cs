// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal static class ToolProcess
{
    /// <summary>The words of its command line.</summary>
    public static string[] Command(params string[] args)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return [host, "exec", Path.Combine(AppContext.BaseDirectory, "semanticflow.dll"), .. args];
    }

    /// <summary>Starts it with both streams redirected: read them, or it stops when they are full.</summary>
    public static Process Start(params string[] args)
    {
        // A runner in the background ignores Ctrl-C, and what it starts would too.
        string[] command = [.. OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : Array.Empty<string>(), .. Command(args)];
        return Process.Start( // a new process is started, so there is one
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
