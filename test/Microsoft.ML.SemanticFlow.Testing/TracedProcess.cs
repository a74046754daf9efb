// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>A .NET program under strace, with a home folder of its own. It can make sockets, but nothing leaves through them.</summary>
/// <param name="ExitCode">Of the program.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
/// <param name="Calls">Its system calls that name a file or concern a socket, a line each.</param>
public sealed record TracedProcess(int ExitCode, string Output, string Error, IReadOnlyList<string> Calls)
{
    private const string NothingLeaves = "inject=connect,sendto,sendmsg,sendmmsg:error=EACCES";

    private static readonly Lazy<string?> _fault = new(Fault);

    /// <summary>Sockets of the internet that it made.</summary>
    public IEnumerable<string> InternetSockets => Calls.Where(call => call.Contains("socket(AF_INET", StringComparison.Ordinal));

    /// <summary>Calls that name what ONNX Runtime's telemetry keeps in the home folder.</summary>
    public IEnumerable<string> TelemetryFiles => Calls.Where(call => call.Contains("DeveloperTools/.onnxruntime", StringComparison.Ordinal));

    // ONNX Runtime sends nothing where one of these says that a build server runs it: tests there would show nothing.
    private static readonly string[] _signsOfABuild =
    [
        "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID", "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR",
    ];

    /// <summary>Runs a program to its end; the test is skipped where nothing can be traced.</summary>
    /// <param name="program">An assembly with an entry point, and its arguments.</param>
    /// <param name="home">The home folder.</param>
    /// <param name="environment">Variables to set.</param>
    public static TracedProcess Run(IEnumerable<string> program, string home, params IEnumerable<(string Name, string Value)> environment)
    {
        if (_fault.Value is { } fault)
            Assert.Inconclusive($"skipped: {fault}");
        string calls = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("strace", ["-f", "-qq", "-s", "400", "-e", "trace=%file,%network", "-e", NothingLeaves, "-o", calls, "dotnet", "exec", .. program])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["HOME"] = home;
            foreach (string own in (string[])["XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY", "SEMANTICFLOW_ORT_TELEMETRY", .. _signsOfABuild])
                start.Environment.Remove(own);
            start.Environment["DOTNET_EnableDiagnostics"] = "0";    // else .NET makes sockets of its own
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            using var process = Process.Start(start)!; // a new process is started, so there is one
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new TracedProcess(process.ExitCode, output, error.Result, File.ReadAllLines(calls));
        }
        finally
        {
            File.Delete(calls);
        }
    }

    private static string? Fault()
    {
        if (!OperatingSystem.IsLinux())
            return "strace is of Linux";
        try
        {
            using var probe = Process.Start( // a new process is started, so there is one
                new ProcessStartInfo("strace", ["-qq", "-e", "trace=socket", "-e", NothingLeaves, "true"]) { RedirectStandardError = true })!;
            string refusal = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : $"strace may not trace here ({refusal.Trim()})";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is not installed";
        }
    }
}
