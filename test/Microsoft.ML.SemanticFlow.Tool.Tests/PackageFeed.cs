// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A folder as a newcomer has it: our packages come from a folder, all others from where they always come from, and nothing is there beforehand.</summary>
internal sealed partial class PackageFeed : IDisposable
{
    /// <summary>Names a folder of packages to try, instead of packing them.</summary>
    private const string Variable = "SEMANTICFLOW_PACKAGES";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs every package, the tool for this machine alone.</summary>
    public PackageFeed()
    {
        Packages = Environment.GetEnvironmentVariable(Variable) ?? _folder["packages"];
        foreach (string project in Packages == _folder["packages"] ? Projects : [])
        {
            string platform = $"-p:ToolPackageRuntimeIdentifiers={RuntimeInformation.RuntimeIdentifier}";
            Run(RepositoryFiles.Root, "dotnet", "pack", RepositoryFiles.At("src", project), "-c", "Release", platform, "-o", Packages);
        }

        Version = VersionOf().Match(string.Join('\n', Directory.GetFiles(Packages))).Groups["version"].Value;
    }

    private static IReadOnlyList<string> Projects =>
    [
        "Microsoft.ML.SemanticFlow", "Microsoft.ML.SemanticFlow.Training", "Microsoft.ML.SemanticFlow.Interactive", "Microsoft.ML.SemanticFlow.Templates",
        "Microsoft.ML.SemanticFlow.Tool",
    ];

    /// <summary>The version of all packages.</summary>
    public string Version { get; }

    public string Packages { get; }

    /// <summary>Makes a folder in which .NET finds our packages, and says which they are.</summary>
    public string Workplace(string name)
    {
        string place = Directory.CreateDirectory(_folder[name]).FullName;
        Run(place, "dotnet", "new", "nugetconfig");
        Run(place, "dotnet", "nuget", "add", "source", Packages, "--name", "ours", "--configfile", Path.Combine(place, "nuget.config"));
        return place;
    }

    /// <summary>Runs a program, which must end with 0, as somebody does who has used .NET for nothing yet.</summary>
    /// <returns>What it writes to its standard output.</returns>
    public string Run(string place, string program, params string[] words)
    {
        using var process = Start(place, program, words);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{program} {string.Join(' ', words)}\n{output}\n{error.Result}");
        return output;
    }

    /// <summary>Starts a program with both streams redirected.</summary>
    public Process Start(string place, string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = place, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, folder) in new[] { ("NUGET_PACKAGES", "cache"), ("NUGET_HTTP_CACHE_PATH", "http-cache"), ("DOTNET_CLI_HOME", "home") })
        {
            if (program != "dotnet" || words[0] != "pack") // what is packed was built with the machine's own
                start.Environment[name] = _folder[folder];
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return Process.Start(start)!; // a new process is started, so there is one
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"Templates\.(?<version>\d[^\n]*)\.nupkg$", RegexOptions.Multiline)]
    private static partial Regex VersionOf();
}
