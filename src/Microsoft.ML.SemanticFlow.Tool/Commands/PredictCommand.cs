// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow predict</c>: images to mask files.</summary>
internal static class PredictCommand
{
    public const string Name = "predict", Purpose = "Label the pixels of images and write the masks.";

    private const string Mask = ".png";

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string?>("--model")
        {
            Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run. Needed.",
            HelpName = "M|RUN_DIR",
        };
        var image = new Argument<string?>("IMAGE")
        {
            Description = "One image, without --output: shown in the terminal where it can, its overlay written beside it under a new name.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var images = new Option<string?>("--images") { Description = "Images: a folder with its subfolders, or one file. Needed, unless IMAGE is there.", HelpName = "DIR|FILE" };
        var output = new Option<string?>("--output")
        {
            Description = "Where the masks go, as PNG of the images' names. Needed, unless one image is only looked at.",
            HelpName = "DIR",
        };
        var pictures = new PredictionPictures();
        var ids = IdsOption.Create("Ids in the masks: those of the label files, 0-based train ids, or the colours of the classes.");
        var reading = new ReadingSettings(hasLabels: false);
        var inference = new InferenceSettings();
        var workers = WorkersOption.Create();
        var scoring = new ScoringSettings();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var shard = ShardOption.Create();
        var ledger = new Option<bool>("--ledger") { Description = "Keep in OUTPUT/shards what is done, and go on there after an end of any kind. Goes with --shard by itself." };
        var submission = new Submission(terminal);

        var command = new CliCommand(Name, Purpose) { image, model, images, output, ids, workers, shard, ledger, json };
        pictures.AddTo(command);
        reading.AddTo(command);
        inference.AddTo(command);
        scoring.AddTo(command);
        submission.AddTo(command);
        Option[] ofALook = [model, images, json, .. inference.All, .. scoring.All];
        command.Validators.Add(result =>
        {
            if (submission.Checks(result))
                return;
            bool hasImage = result.GetResult(image) is not null;
            if (hasImage && result.GetResult(images) is not null)
                result.AddError("An image and --images are one too many. Leave one of them out.");
            if (result.GetResult(model) is null)
                result.AddError(Missing(model));
            if (!hasImage && result.GetResult(images) is null)
                result.AddError(Missing(images));
            if (result.GetResult(output) is null && !IsLook(result))
                result.AddError(Missing(output));
        });
        command.SetAction(parsed =>
        {
            if (submission.Checks(parsed))
                return submission.Check(parsed, parsed.GetValue(images), WorkersOption.Read(parsed, workers), cancellation);
            if (parsed.GetValue(output) is null)
            {
                using var looking = ModelFile.Load(terminal, parsed.GetValue(model)!, scoring.Read(parsed), out var itsOwn); // the validator has seen to that
                string seen = parsed.GetValue(image) ?? parsed.GetValue(images)!; // and to this
                return PredictionLook.Run(terminal, looking, seen, inference.Read(parsed)(itsOwn), parsed.GetValue(json), cancellation);
            }

            submission.Try(parsed);
            var form = submission.FormOf(parsed);
            string source = parsed.GetValue(image) ?? parsed.GetValue(images)!, folder = parsed.GetValue(output)!; // the validator has seen to that
            var kind = IdsOption.Read(parsed.GetValue(ids))!.Value; // it has a default
            var wanted = pictures.Read(parsed);
            var rule = reading.Read(parsed);
            var skipped = new SkippedFiles(terminal);
            var part = ShardOption.Read(terminal, parsed.GetValue(shard));
            var options = new FolderScoringOptions
            {
                Shard = part,
                KeepsLedger = parsed.GetValue(ledger) || !part.IsWhole,
                Reading = skipped.Hear(rule),
                MaxDegreeOfParallelism = WorkersOption.Read(parsed, workers),
                NameOf = form is null ? null : form.NameOf,
                CancellationToken = cancellation,
            };
            var plan = Plan(source, folder, options, wanted.Endings);
            skipped.SayLeftOut();
            int total = plan.Jobs.Count + skipped.Count;
            var apply = inference.Read(parsed);
            using var segmenter = ModelFile.Load(terminal, parsed.GetValue(model)!, scoring.Read(parsed), out var own);
            options = options with { Inference = apply(own), Outputs = [wanted.Prepare(plan.Jobs, segmenter, terminal), MaskOutput(form, segmenter.Labels, kind)] };
            if (form is not null)
                submission.SayLacking(form, segmenter.Labels);
            if (!scoring.SaysGray16(parsed) && segmenter.Gray16 == Gray16.Scale)
                options = options with { Starting = skipped.CountDeep };
            FolderScoringReport report;
            int? shown = null;
            try
            {
                report = Score(terminal, segmenter, plan, options);
            }
            finally
            {
                shown = wanted.Finish(segmenter.Labels, $"{Path.GetFileName(Path.GetFullPath(source))} as {segmenter.Network} sees it"); // of what there is
            }

            submission.Pack(parsed, folder, plan.Jobs.Select(job => job.Stem + Mask));
            skipped.SayDeep();
            Write(terminal, folder, total, report, skipped, (wanted.Sheet, shown), parsed.GetValue(json));
            if (skipped.Judge(total, rule.MaxSkippedShare) is ExitCode.BadInput)
                return ExitCode.BadInput;
            return report.WrittenCount + report.ExistingCount == report.ImageCount || report.WrittenCount > 0 ? ExitCode.Done : ExitCode.BadInput;
        });
        return command;

        // One image, and nothing said that needs a folder for what is written.
        bool IsLook(CommandResult result) =>
            !Directory.Exists(result.GetValue(image) ?? result.GetValue(images))
            && command.Options.Except(ofALook).All(option => result.GetResult(option) is null or { Implicit: true });

        static string Missing(Option option) => $"Option '{option.Name}' is required.";
    }

    private static ScoringPlan Plan(string source, string folder, FolderScoringOptions options, IEnumerable<string> endings)
    {
        // What the pictures need of a prediction is known once the model is; their names are now.
        string[] files = [.. endings, Mask];
        return AsUsage(() => ScoringPlan.Make(source, folder, options with { Outputs = [new FolderOutput(files, PredictionDetails.None, _ => { })] }));
    }

    private static FolderOutput MaskOutput(SubmissionForm? form, LabelMap labels, MaskIds ids)
    {
        if (form is null)
            return FolderOutput.Mask(ids);
        byte[] table = form.TableFor(labels);
        return new FolderOutput([Mask], PredictionDetails.None, image => Submission.Save(image.Prediction.Mask, table, image.PathOf(Mask)))
        {
            Kind = $"{Mask} of ids {string.Join(',', table)}",
        };
    }

    private static FolderScoringReport Score(Terminal terminal, SegmentationModel model, ScoringPlan plan, FolderScoringOptions options)
    {
        FolderScoring? work = null;
        int count = plan.Jobs.Count;
        try
        {
            return CommandCancelledException.During(() =>
            {
                FolderScoringReport? report = null;
                terminal.Track("predicting", count, done =>
                {
                    work = new FolderScoring(model, plan, options with { Progress = new Told(done) });
                    report = AsUsage(work.Run);
                });
                return report!; // Track has done the work
            }, () => $"Cancelled after {work?.WrittenCount} of {count} images{(work?.WrittenCount > 0 ? $"; their masks are in '{plan.Output}'" : "")}.");
        }
        catch (InvalidDataException exception) when (ReadingSettings.IsOfAnImage(exception) && work?.WrittenCount is { } written)
        {
            throw new InvalidDataException($"{exception.Message} {written} of {count} masks are written; '{ReadingSettings.OnError} skip' leaves such images out.", exception);
        }
        catch (IOException exception) when (work?.WrittenCount is { } written)
        {
            throw new IOException($"{Fault.SentenceOf(exception)} {written} of {count} masks are written.", exception);
        }
    }

    // What is wrong with the folders is wrong with what the user typed.
    private static T AsUsage<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--output: {Fault.SentenceOf(exception)}", exception);
        }
    }

    private static void Write(
        Terminal terminal, string output, int images, FolderScoringReport report, SkippedFiles skipped, (string? File, int? Images) sheet, bool json)
    {
        if (json)
        {
            terminal.WriteJson(new
            {
                output,
                images,
                written = report.WrittenCount,
                existing = report.ExistingCount,
                seconds = report.Elapsed.TotalSeconds,
                skipped = skipped.Skipped,
                leftOut = skipped.LeftOut,
                sheet = sheet.File is null ? null : new { file = sheet.File, images = sheet.Images },
            });
        }
        else
        {
            string before = report.ExistingCount > 0 ? $"{report.ExistingCount} there before, " : "";
            double seconds = report.Elapsed.TotalSeconds;
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.WrittenCount} masks in '{output}', {before}{skipped.Count} images skipped, {seconds:f1} s, {images / seconds:f1} images/s"));
            if (sheet.Images > 0)
                terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sheet.Images} of {images} images on '{sheet.File}'"));
        }
    }
}
