// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow evaluate</c>: a model, or masks already predicted, against label files.</summary>
internal static class EvaluateCommand
{
    public const string Name = "evaluate", Purpose = "Compare predictions with labels: IoU of each class, mIoU, accuracy.";

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var input = new EvaluationInput();
        var workers = WorkersOption.Create();
        var shard = ShardOption.Create();
        var folder = new Option<string?>("--output")
        {
            Description = "Keep in DIR/shards what each image came to, and go on there after an end of any kind. Needed with --shard; 'semanticflow merge DIR' adds the shards.",
            HelpName = "DIR",
        };
        var output = new EvaluationOutput(terminal);
        var measures = new EvaluationMeasures();
        var server = new CityscapesFigures(terminal);
        var reading = new ReadingSettings();

        var command = new CliCommand(Name, Purpose);
        input.AddTo(command);
        foreach (Option option in new Option[] { workers, shard, folder })
            command.Add(option);
        measures.AddTo(command);
        output.AddTo(command);
        server.AddTo(command);
        reading.AddTo(command);
        input.AddModelTo(command);
        command.SetAction(parsed =>
        {
            output.Try(parsed);
            int count = WorkersOption.Read(parsed, workers);
            var rule = reading.Read(parsed);
            if (server.Asked(parsed))
            {
                if (RecordedCommand.Gives(parsed, [shard.Name, folder.Name]))
                    throw new UsageException($"--server judges all masks at once, and keeps no ledger: leave out {shard.Name} and {folder.Name}.");
                return server.Run(input.Labels(parsed), input.SubmittedMasks(parsed), output.Json(parsed), count, cancellation);
            }

            var part = ShardOption.Read(terminal, parsed.GetValue(shard));
            string? ledger = parsed.GetValue(folder);
            if (!part.IsWhole)
                CheckShard(part, ledger, output.FirstIn(parsed));
            bool hasModel = input.HasModel(parsed);
            var kept = measures.Read(parsed, hasModel, output.SaysOfImages(parsed));
            if (output.WantsPage(parsed))
                kept = EvaluationReport.Measures(kept, hasModel);
            var skipped = new SkippedFiles(terminal);
            var heard = skipped.Hear(rule);
            using var subject = input.Open(parsed, terminal, heard);
            skipped.SayLeftOut();
            int total = subject.Plan.Samples.Count + skipped.Count;
            var options = new FolderEvaluationOptions
            {
                Measures = kept,
                Details = measures.Details(parsed),
                LabelIds = subject.LabelIds,
                Inference = subject.Inference,
                Reading = heard,
                Shard = part,
                LedgerDirectory = ledger,
                MaxDegreeOfParallelism = count,
                CancellationToken = cancellation,
                Starting = subject.SaysDeep ? skipped.CountDeep : null,
            };
            var report = Count(terminal, subject, options);
            if (ledger is not null)
                EvaluationRecord.Write(ledger, input, parsed);
            skipped.SayDeep();
            if (!part.IsWhole)
                return SayShard(terminal, part, ledger!, report); // it has one

            if (report.Evaluation.ImageCount == 0)
                throw new InvalidDataException($"None of the {subject.Plan.Samples.Count} images could be evaluated.");
            output.Write(
                parsed, report.Evaluation, skipped, () => new EvaluationOutput.Page(subject.Title, subject.Facts(), name => subject.Show(name, cancellation)), cancellation);
            return skipped.Judge(total, rule.MaxSkippedShare);
        });
        return command;
    }

    // A shard has a part of the figures, which would be taken for all.
    private static void CheckShard(WorkShard shard, string? ledger, string? said)
    {
        if (ledger is null)
            throw new UsageException($"Shard {shard} keeps what it counts in a ledger: name its folder with --output DIR. --shard 1/1 evaluates everything here.");
        if (said is not null)
            throw new UsageException($"{said} says something of all images, and shard {shard} has a part: give {said} to 'semanticflow merge {CommandWord.Of(ledger)}'.");
    }

    private static FolderEvaluationReport Count(Terminal terminal, EvaluationSubject subject, FolderEvaluationOptions options)
    {
        FolderEvaluation? work = null;
        FolderEvaluationReport? report = null;
        int count = subject.Plan.CountOf(options.Shard);
        string kept = options.LedgerDirectory is { } folder ? $"the ledger in '{folder}' keeps them, and the same command goes on" : "their figures are not written";
        try
        {
            CommandCancelledException.During(
                () => terminal.Track("evaluating", count, done =>
                {
                    work = new FolderEvaluation(subject.Plan, subject.Labels, subject.SourceOf(options), options with { Progress = new Told(done) });
                    report = work.Run();
                }),
                () => $"Cancelled after {work?.CountedCount ?? 0} of {count} images; {kept}.");
        }
        catch (InvalidDataException exception) when (ReadingSettings.IsOfAnImage(exception))
        {
            throw new InvalidDataException(
                $"{exception.Message} '{ReadingSettings.OnError} skip' leaves such images out. {work?.CountedCount ?? 0} of {count} images are counted; {kept}.", exception);
        }

        return report!; // Track has done the work
    }

    private static int SayShard(Terminal terminal, WorkShard shard, string ledger, FolderEvaluationReport report)
    {
        string before = report.ExistingCount > 0 ? $"{report.ExistingCount} there before, " : "";
        int skipped = report.ImageCount - report.CountedCount - report.ExistingCount;
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"shard {shard}: {report.CountedCount} images counted, {before}{skipped} skipped, {report.Elapsed.TotalSeconds:f1} s; 'semanticflow merge {CommandWord.Of(ledger)}' adds the shards"));
        return skipped < report.ImageCount || report.ImageCount == 0 ? ExitCode.Done : ExitCode.BadInput;
    }
}
