// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow merge</c>: whether the shards of a folder are the whole, and what they come to.</summary>
internal static class MergeCommand
{
    public const string Name = "merge", Purpose = "Say whether all shards are done and what is missing; add up those of an evaluation.";

    private const int MostSaid = 20;

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var folder = new Argument<string>("output") { Description = "The folder that was --output of 'predict' or 'evaluate' in shards.", HelpName = "DIR" };
        var output = new EvaluationOutput(terminal);
        var maxSkipped = ReadingSettings.CreateMaxSkipped();
        var command = new CliCommand(Name, Purpose) { folder };
        output.AddTo(command);
        command.Add(maxSkipped);
        command.SetAction(parsed =>
        {
            output.Try(parsed);
            string from = parsed.GetValue(folder)!; // the argument is required
            var catalog = terminal.CreateContext().SemanticSegmentation;
            if (ShardSet.Read(from).Work.Evaluation is null)
            {
                if (output.FirstBesidesJson(parsed) is { } said)
                    throw new UsageException($"{said} goes with an evaluation, and '{from}' is a folder that was scored.");
                return Say(terminal, terminal.Wait("merging", () => catalog.MergeShards(from)), output.Json(parsed));
            }

            double share = ReadingSettings.Read(parsed, maxSkipped).MaxSkippedShare;
            var merged = terminal.Wait("merging", () => catalog.MergeEvaluation(from, keepImages: output.SaysOfImages(parsed)));
            if (!merged.Shards.IsComplete)
                return Say(terminal, merged.Shards, output.Json(parsed));
            SayDuplicates(terminal, merged.Shards);
            return Write(terminal, output, parsed, from, merged, share, cancellation);
        });
        return command;
    }

    // As 'evaluate' does of one process.
    private static int Write(
        Terminal terminal, EvaluationOutput output, ParseResult parsed, string from, FolderEvaluationMergeReport merged, double share, CancellationToken cancellation)
    {
        var skipped = new SkippedFiles(terminal);
        foreach (var file in merged.Skipped)
            skipped.Skip(file);
        foreach (var file in merged.LeftOut)
            skipped.LeaveOut(file);
        skipped.SayLeftOut();
        int images = merged.Shards.ImageCount;
        if (merged.Evaluation.ImageCount == 0)
            throw new InvalidDataException($"None of the {images} images could be evaluated.");
        using var subject = output.WantsPage(parsed) ? EvaluationRecord.Open(from, terminal) : null;
        output.Write(
            parsed, merged.Evaluation, skipped,
            () => subject is null
                ? new EvaluationOutput.Page($"{images} images of {merged.Evaluation.Labels.Name}", [], Show: null)
                : new EvaluationOutput.Page(subject.Title, subject.Facts(), name => subject.Show(name, cancellation)),
            cancellation);
        return skipped.Judge(images + merged.LackingCount, share);
    }

    private static int Say(Terminal terminal, FolderMergeReport report, string? json)
    {
        string[] shards = [.. report.MissingShards.Select(shard => $"{shard}")];
        var figures = new { images = report.ImageCount, done = report.DoneCount, missing = report.Missing, missingShards = shards, duplicates = report.Duplicates };
        if (json == EvaluationOutput.StandardOutput)
            terminal.WriteJson(figures);
        else if (json is not null)
            AtomicFile.Write(json, JsonSerializer.SerializeToUtf8Bytes(figures, JsonOutput.Options));
        SayDuplicates(terminal, report);
        if (json != EvaluationOutput.StandardOutput)
            Say(terminal.Output, report);
        return report.IsComplete ? ExitCode.Done : ExitCode.FailedCheck;
    }

    private static void SayDuplicates(Terminal terminal, FolderMergeReport report)
    {
        if (report.Duplicates is [var first, ..])
            terminal.WriteLine($"warning: {report.Duplicates.Count} images are in more than one ledger, such as '{first}'; each counts once.");
    }

    private static void Say(TextWriter output, FolderMergeReport report)
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
