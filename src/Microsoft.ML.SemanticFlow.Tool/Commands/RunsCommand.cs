// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow runs</c>: the runs in a folder with their scores, the best first.</summary>
internal static class RunsCommand
{
    public const string Name = "runs", Purpose = "List runs with their scores, the best first.";

    private const int LongestName = 32, CurveLength = 12;

    public static CliCommand Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder that holds the folders of runs." };
        var json = new Option<bool>("--json") { Description = "Write the list as JSON." };
        var command = new CliCommand(Name, Purpose) { folder, json };
        command.SetAction(parsed =>
        {
            string root = parsed.GetValue(folder)!; // it is needed
            var runs = TrainingRuns.Find(root);
            if (runs.Count == 0)
                throw new FileNotFoundException($"No run lies in '{root}': no folder in it holds a run.json.");
            if (parsed.GetValue(json))
                WriteJson(terminal, runs);
            else
                Write(terminal, root, runs);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, string root, IReadOnlyList<TrainingRunSummary> runs)
    {
        var table = new TextTable("run", "mIoU", "at", "epochs", "curve", "state");
        foreach (var run in runs)
        {
            table.Add(
                Cut(Path.GetRelativePath(root, run.Directory), LongestName), run.BestMeanIoU is { } best ? best.ToString("f4", CultureInfo.InvariantCulture) : "-",
                run.BestEpoch?.ToString(CultureInfo.InvariantCulture) ?? "-", run.Epoch.ToString(CultureInfo.InvariantCulture),
                Sparkline.Of(run.MeanIoUs, CurveLength), run.State);
        }

        table.Write(terminal.Output);
        foreach (var run in runs.Where(run => run.Problem is not null))
            terminal.WriteLine($"{run.Directory}: {run.State}: {run.Problem}");
    }

    private static void WriteJson(Terminal terminal, IReadOnlyList<TrainingRunSummary> runs) => terminal.WriteJson(runs.Select(run => new
    {
        directory = run.Directory,
        network = run.Network,
        state = run.State,
        problem = run.Problem,
        epoch = run.Epoch,
        bestEpoch = run.BestEpoch,
        bestMeanIoU = run.BestMeanIoU,
        startedAt = run.StartedAt,
        seconds = run.TrainingTime.TotalSeconds,
    }));

    private static string Cut(string name, int longest) => name.Length <= longest ? name : "…" + name[^(longest - 1)..];
}
