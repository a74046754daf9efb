// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>Runs a test of this assembly again, in several processes that MPI connects.</summary>
internal static class MpiRun
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    /// <summary>Runs a test of <see cref="InMpi"/>.</summary>
    /// <param name="mpi">openmpi or mpich; the test that asks is skipped where it is not installed.</param>
    /// <param name="processes">How many.</param>
    /// <param name="test">The name of the test.</param>
    /// <param name="environment">Variables to set.</param>
    /// <returns>The launcher's exit code, what was printed, and how long it took.</returns>
    public static (int ExitCode, string Output, TimeSpan Time) Start(string mpi, int processes, string test, params (string Name, string Value)[] environment)
    {
        string launcher = $"/usr/bin/mpirun.{mpi}";
        if (!File.Exists(launcher))
            Assert.Inconclusive($"skipped: no {launcher}. Install Debian's package {(mpi == "mpich" ? mpi : "openmpi-bin")}.");
        string filter = $"FullyQualifiedName={typeof(InMpi).FullName}.{test}";
        var start = new ProcessStartInfo(launcher,
            ["-n", $"{processes}", "dotnet", "exec", typeof(MpiRun).Assembly.Location, "--filter", filter, "--no-banner", "--progress", "off", "--ansi", "off"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (string, string)[] allowed =
        [
            ("TERM", "dumb"), ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), // containers have no other account
            ("OMPI_MCA_rmaps_base_oversubscribe", "1"), ("OMPI_MCA_mpi_yield_when_idle", "1"), // more processes than processors
        ];
        foreach (var (name, value) in allowed.Concat(environment))
            start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!; // null only when an existing process is reused
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{processes} processes of {mpi} did not end in {_longest}: {output.Result}{errors.Result}");
        }

        return (process.ExitCode, output.Result + errors.Result, clock.Elapsed);
    }
}
