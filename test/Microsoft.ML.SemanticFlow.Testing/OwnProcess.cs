// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Reflection;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Runs tests again in a process of their own, in another environment.</summary>
public static class OwnProcess
{
    /// <summary>Runs those tests of an assembly whose full names contain one of the texts, without those of the category Nightly.</summary>
    /// <param name="tests">The assembly, a test application.</param>
    /// <param name="names">The texts.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>The exit code, 0 when some test ran and all that ran passed, and what was printed: a line "passed NAME" for each that did.</returns>
    public static (int ExitCode, string Output) Run(
        Assembly tests, IEnumerable<string> names, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellation)
    {
        string filter = $"({string.Join('|', names.Select(name => $"FullyQualifiedName~{name}"))})&TestCategory!=Nightly";
        var start = new ProcessStartInfo("dotnet", ["exec", tests.Location, "--filter", filter, "--output", "Detailed", "--progress", "off", "--ansi", "off"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!; // null only when an existing process is reused
        using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, $"{output}\n{errors.Result}");
    }
}
