// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary><c>semanticflow</c>: all commands.</summary>
internal static class SemanticFlowCommand
{
    private static readonly (string Line, string Purpose)[] _firstSteps =
    [
        ("semanticflow doctor", "See what works on this machine."),
        ("semanticflow dataset --data my-data --report look.html", "Look at your images and labels before you train."),
        ("semanticflow train --data my-data --output runs/mine --time 30m", "Train for half an hour; network and recipe are chosen for the data and the machine."),
        ("semanticflow evaluate --model runs/mine --images my-data/val/images --labels my-data/val/labels", "Measure how good it is."),
        ("semanticflow predict --model runs/mine --images photos --output masks --overlay", "Label the pixels of new images."),
    ];

    /// <summary>Runs one command line.</summary>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("Semantic segmentation for ML.NET: import, train, evaluate, predict, export.")
        {
            ImportCommand.Create(terminal, cancellation),
            TrainCommand.Create(terminal, cancellation),
            EvaluateCommand.Create(terminal, cancellation),
            CompareCommand.Create(terminal),
            ReportCommand.Create(terminal),
            RunsCommand.Create(terminal),
            PredictCommand.Create(terminal, cancellation),
            ExportCommand.Create(terminal, cancellation),
            BenchmarkCommand.Create(terminal, cancellation),
            DatasetCommand.Create(terminal, cancellation),
            NetworksCommand.Create(terminal, cancellation),
            MergeCommand.Create(terminal, cancellation),
            DoctorCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        return Shell.Run(root, args, terminal, _firstSteps, cancellation);
    }
}
