// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A Slurm of one node on this machine's loopback, with its own key, configuration and folders. It goes with the test.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class OwnSlurm : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _daemons = [];

    /// <summary>Starts it; the test is skipped where Debian's packages are missing.</summary>
    public OwnSlurm()
    {
        string[] places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        string[] missing = [.. new[] { "munged", "slurmctld", "slurmd", "sbatch" }.Where(name => !places.Any(place => File.Exists(Path.Combine(place, name))))];
        if (missing.Length > 0)
            Assert.Inconclusive($"skipped: no {string.Join(", ", missing)}. Install Debian's packages slurm-wlm and munge.");
        foreach (string name in new[] { "state", "spool", "work" })
            Directory.CreateDirectory(_folder[name]);
        string socket = _folder["munge.sock"], key = _folder["munge.key"];
        File.WriteAllBytes(key, RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Configuration, Configure(socket));
        Daemon(
            "munged", "--foreground", "--force", $"--key-file={key}", $"--socket={socket}", $"--pid-file={_folder["munged.pid"]}", $"--log-file={_folder["munged.log"]}",
            $"--seed-file={_folder["munged.seed"]}");
        WaitFor(() => File.Exists(socket), "munged");
        Daemon("slurmctld", "-D", "-f", Configuration);
        Daemon("slurmd", "-D", "-f", Configuration);
        WaitFor(() => Run("sinfo", "-h", "-o", "%T").Output.Trim() == "idle", "slurmctld and slurmd");
    }

    /// <summary>Where jobs run and write their logs.</summary>
    public string Work => _folder["work"];

    private string Configuration => _folder["slurm.conf"];

    /// <summary>Runs one of Slurm's commands in <see cref="Work"/>.</summary>
    public CommandResult Run(string name, params string[] arguments)
    {
        using var process = Process.Start(Command(name, arguments))!; // a new process is started, so there is one
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandResult(process.ExitCode, output, error.Result);
    }

    public void Dispose()
    {
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            if (!daemon.HasExited)
            {
                daemon.Kill();
                daemon.WaitForExit();
            }

            daemon.Dispose();
        }

        _folder.Dispose();
    }

    private string Configure(string socket)
    {
        string host = Environment.MachineName, user = Environment.UserName;
        return string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=own
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            SlurmUser={user}
            SlurmdUser={user}
            AuthType=auth/munge
            AuthInfo=socket={socket}
            CredType=cred/munge
            StateSaveLocation={_folder["state"]}
            SlurmdSpoolDir={_folder["spool"]}
            SlurmctldPidFile={_folder["slurmctld.pid"]}
            SlurmdPidFile={_folder["slurmd.pid"]}
            SlurmctldLogFile={_folder["slurmctld.log"]}
            SlurmdLogFile={_folder["slurmd.log"]}
            SlurmdParameters=config_overrides
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SwitchType=switch/none
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} RealMemory=16000 State=UNKNOWN
            PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Daemon(string name, params string[] arguments)
    {
        var process = Process.Start(Command(name, arguments))!; // a new process is started, so there is one
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        _daemons.Add(process);
    }

    private ProcessStartInfo Command(string name, string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Work };
        start.Environment["SLURM_CONF"] = Configuration;
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        return start;
    }

    private void WaitFor(Func<bool> ready, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!ready())
        {
            if (clock.Elapsed > _patience)
                Assert.Fail($"{what} did not start: {string.Join(' ', Directory.GetFiles(_folder.Root, "*.log").Select(File.ReadAllText))}");
            Thread.Sleep(100);
        }
    }
}
