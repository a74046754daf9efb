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
        var root = new RootCommand("Semantic segmentation for ML.NET: import, train, evaluate, predict, export.");
        (string Name, string Purpose, Func<CliCommand> Create)[] commands =
        [
            (ImportCommand.Name, ImportCommand.Purpose, () => ImportCommand.Create(terminal, cancellation)),
            (TrainCommand.Name, TrainCommand.Purpose, () => TrainCommand.Create(terminal, cancellation)),
            (EvaluateCommand.Name, EvaluateCommand.Purpose, () => EvaluateCommand.Create(terminal, cancellation)),
            (CompareCommand.Name, CompareCommand.Purpose, () => CompareCommand.Create(terminal)),
            (ReportCommand.Name, ReportCommand.Purpose, () => ReportCommand.Create(terminal)),
            (RunsCommand.Name, RunsCommand.Purpose, () => RunsCommand.Create(terminal)),
            (PredictCommand.Name, PredictCommand.Purpose, () => PredictCommand.Create(terminal, cancellation)),
            (ExportCommand.Name, ExportCommand.Purpose, () => ExportCommand.Create(terminal, cancellation)),
            (BenchmarkCommand.Name, BenchmarkCommand.Purpose, () => BenchmarkCommand.Create(terminal, cancellation)),
            (DatasetCommand.Name, DatasetCommand.Purpose, () => DatasetCommand.Create(terminal, cancellation)),
            (NetworksCommand.Name, NetworksCommand.Purpose, () => NetworksCommand.Create(terminal, cancellation)),
            (MergeCommand.Name, MergeCommand.Purpose, () => MergeCommand.Create(terminal, cancellation)),
            (DoctorCommand.Name, DoctorCommand.Purpose, () => DoctorCommand.Create(terminal)),
            (CompletionCommand.Name, CompletionCommand.Purpose, () => CompletionCommand.Create(terminal)),
        ];

        // Options are those of the command that the line names, alone: the tables behind all of them take longer to read than the help to write.
        // A file of words ("@words.txt") may name any.
        var words = args.SelectMany(word => word.Split(' ')).ToHashSet();
        bool mayBeAny = args.Any(word => word.StartsWith('@'));
        foreach (var (name, purpose, create) in commands)
            root.Add(mayBeAny || words.Contains(name) ? create() : new CliCommand(name, purpose));
        var config = new ConfigFile();
        config.AddTo(root);
        return Shell.Run(root, args, terminal, _firstSteps, config.Complete, cancellation);
    }
}
