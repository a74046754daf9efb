// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Tool;

StandardHandles.Open();
var terminal = new Terminal(Console.Out, Console.Error, interactive: !Console.IsErrorRedirected)
{
    Columns = Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth - 1, 60, 120),
    PictureColumns = Console.IsOutputRedirected ? 0 : Math.Clamp(Console.WindowWidth - 1, 8, 120),
    Lines = Console.IsOutputRedirected ? 0 : Math.Max(Console.WindowHeight - 4, 8),
    ShowsPictures = !Console.IsOutputRedirected && HalfBlocks.AreShown(Environment.GetEnvironmentVariable),
};
using var cancellation = new CancellationTokenSource();

// Of a thread that no command waits for.
AppDomain.CurrentDomain.UnhandledException += (_, fault) => Environment.Exit(Shell.Report((Exception)fault.ExceptionObject, terminal));

// The first Ctrl-C asks the command to end and keep what is done, and so does a closed terminal; the second ends the process.
void OnSignal(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal); // a terminal was closed; under nohup it stays ignored

// What leaves with the process asks how it ended.
return Environment.ExitCode = SemanticFlowCommand.Run(args, terminal, cancellation.Token);
