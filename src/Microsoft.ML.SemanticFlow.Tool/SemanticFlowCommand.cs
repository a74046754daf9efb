// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary><c>semanticflow</c>: all commands.</summary>
internal static class SemanticFlowCommand
{
    /// <summary>Runs one command line.</summary>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("Semantic segmentation for ML.NET: import, train, evaluate, predict, export.")
        {
            ImportCommand.Create(terminal, cancellation),
            TrainCommand.Create(terminal, cancellation),
            EvaluateCommand.Create(terminal, cancellation),
            PredictCommand.Create(terminal, cancellation),
            ExportCommand.Create(terminal, cancellation),
            BenchmarkCommand.Create(terminal, cancellation),
            DatasetCommand.Create(terminal, cancellation),
            NetworksCommand.Create(terminal, cancellation),
            DoctorCommand.Create(terminal),
        };
        return Shell.Run(root, args, terminal, cancellation);
    }
}
