// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A project as the build evaluates it.</summary>
internal static class ProjectItems
{
    /// <summary>The items of one kind, each with its metadata.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Of(string project, string kind, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", RepositoryFiles.At(project), $"-getItem:{kind}", .. options])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("Items").GetProperty(kind).Deserialize<Dictionary<string, string>[]>()!]; // it is a list
    }
}
