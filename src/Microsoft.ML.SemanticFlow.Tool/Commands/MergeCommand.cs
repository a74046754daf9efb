// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow merge</c>: whether the shards of a folder are the whole.</summary>
internal static class MergeCommand
{
    public const string Name = "merge", Purpose = "Look whether all shards of a prediction are done, and what is missing.";

    private const int MostSaid = 20;

    public static CliCommand Create(Terminal terminal)
    {
        var folder = new Argument<string>("output") { Description = "The folder that 'predict --shard' wrote to.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var command = new CliCommand(Name, Purpose) { folder, json };
        command.SetAction(parsed =>
        {
            string output = parsed.GetValue(folder)!; // the argument is required
            var report = terminal.Wait("merging", () => terminal.CreateContext().SemanticSegmentation.MergeShards(output));
            if (parsed.GetValue(json))
            {
                string[] shards = [.. report.MissingShards.Select(shard => $"{shard}")];
                terminal.WriteJson(new { images = report.ImageCount, done = report.DoneCount, missing = report.Missing, missingShards = shards });
            }
            else
            {
                Write(terminal.Output, report);
            }

            return report.IsComplete ? ExitCode.Done : ExitCode.FailedCheck;
        });
        return command;
    }

    private static void Write(TextWriter output, FolderMergeReport report)
    {
        foreach (var shard in report.MissingShards)
            output.WriteLine($"Shard {shard} has not begun.");
        foreach (string name in report.Missing.Take(MostSaid))
            output.WriteLine($"missing: {name}");
        if (report.Missing.Count > MostSaid)
            output.WriteLine($"and {report.Missing.Count - MostSaid} more");
        output.WriteLine($"{report.DoneCount} of {report.ImageCount} images are done{(report.IsComplete ? "." : "; start the shards again, and they do what is missing.")}");
    }
}
