// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Interactive;

/// <summary>The libraries as packages in a folder, for a kernel to load by name.</summary>
internal static class PackedLibraries
{
    /// <summary>Packs a project as the tests were built with it, under a version of the caller's.</summary>
    public static void Pack(string project, string version, string output)
    {
        string[] words = ["pack", RepositoryFiles.At("src", project), "-c", "Release", "--no-build", $"-p:PackageVersion={version}", "-o", output];
        var start = new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, said);
    }
}
