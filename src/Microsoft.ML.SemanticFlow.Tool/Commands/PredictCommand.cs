// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow predict</c>: images to mask files.</summary>
internal static class PredictCommand
{
    private const string Mask = ".png";

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string?>("--model")
        {
            Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run. Needed.",
            HelpName = "M|RUN_DIR",
        };
        var images = new Option<string?>("--images") { Description = "Images: a folder with its subfolders, or one file. Needed.", HelpName = "DIR|FILE" };
        var output = new Option<string?>("--output") { Description = "Where the masks go, as PNG of the images' names. Needed.", HelpName = "DIR" };
        var pictures = new PredictionPictures();
        var ids = IdsOption.Create("Ids in the masks: those of the label files, or 0-based train ids.");
        var reading = new ReadingSettings();
        var inference = new InferenceSettings();
        var workers = WorkersOption.Create();
        var scoring = new ScoringSettings();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var submission = new Submission(terminal);

        var command = new CliCommand("predict", "Label the pixels of images and write the masks.") { model, images, output, ids, workers, json };
        pictures.AddTo(command);
        reading.AddTo(command);
        inference.AddTo(command);
        scoring.AddTo(command);
        submission.AddTo(command, model, images, output);
        command.SetAction(parsed =>
        {
            if (submission.Checks(parsed))
                return submission.Check(parsed, parsed.GetValue(images), WorkersOption.Read(parsed, workers), cancellation);
            submission.Try(parsed);
            var form = submission.FormOf(parsed);
            string source = parsed.GetValue(images)!, folder = parsed.GetValue(output)!; // the submission has seen to that
            var kind = IdsOption.Read(parsed.GetValue(ids))!.Value; // it has a default
            var wanted = pictures.Read(parsed);
            var rule = reading.Read(parsed);
            var skipped = new SkippedFiles(terminal);
            var jobs = Jobs(source, folder, skipped.Hear(rule), [.. wanted.Endings, Mask], form?.NameOf ?? (static name => name));
            skipped.SayLeftOut();
            int count = WorkersOption.Read(parsed, workers), written = 0, total = jobs.Count + skipped.Count;
            var apply = inference.Read(parsed);
            using var segmenter = ModelFile.Load(terminal, parsed.GetValue(model)!, scoring.Read(parsed), out var own);
            var passes = apply(own);
            var details = wanted.Prepare(jobs, segmenter, terminal);
            byte[]? table = form?.TableFor(segmenter.Labels);
            if (form is not null)
                submission.SayLacking(form, segmenter.Labels);
            OutputMark.Prepare(folder);
            OutputPlan.Check(jobs, () => OutputPlan.TellsCasesApart(folder));
            foreach (string directory in jobs.Select(job => Path.GetDirectoryName(job.Mask)!).Distinct())
                Directory.CreateDirectory(directory);

            bool saysDeep = !scoring.SaysGray16(parsed) && segmenter.Gray16 == Gray16.Scale;
            int? shown = null;
            var clock = Stopwatch.StartNew();
            try
            {
                CommandCancelledException.During(() => terminal.Track("predicting", jobs.Count, done => Parallel.ForEach(
                    Partitioner.Create(jobs.Index(), EnumerablePartitionerOptions.NoBuffering),
                    new ParallelOptions { MaxDegreeOfParallelism = count, CancellationToken = cancellation },
                    numbered =>
                    {
                        if (Predict(numbered.Item) is { } prediction)
                        {
                            Save(numbered.Index, numbered.Item, prediction);
                            Interlocked.Increment(ref written);
                        }

                        done();
                    })), () => $"Cancelled after {written} of {jobs.Count} images{(written > 0 ? $"; their masks are in '{folder}'" : "")}.");
            }
            catch (AggregateException exception) when (exception.InnerExceptions[0] is InvalidDataException first)
            {
                throw new InvalidDataException(
                    $"{first.Message} {written} of {jobs.Count} masks are written; " +
                    $"'{ReadingSettings.OnError} skip' leaves such images out.", first);
            }
            catch (AggregateException exception) when (exception.InnerExceptions[0] is IOException first)
            {
                throw new IOException($"{Fault.SentenceOf(first)} {written} of {jobs.Count} masks are written.", first);
            }
            finally
            {
                shown = wanted.Finish(segmenter.Labels, $"{Path.GetFileName(Path.GetFullPath(source))} as {segmenter.Network} sees it"); // of what there is
            }

            submission.Pack(parsed, folder, jobs.Select(job => job.Mask));
            skipped.SayDeep();
            Write(terminal, folder, total, written, skipped, clock.Elapsed, (wanted.Sheet, shown), parsed.GetValue(json));
            if (skipped.Excess(total, rule.MaxSkippedShare) is { } excess)
            {
                terminal.WriteLine(excess);
                return ExitCode.BadInput;
            }

            return written > 0 ? ExitCode.Done : ExitCode.BadInput;

            // Null where the image is skipped. A disk that takes no more results is no fault of an image: it ends the work.
            SegmentationPrediction? Predict(OutputPlan.Job job)
            {
                try
                {
                    if (OutputPlan.WhyNot(job) is { } reason)
                        throw new InvalidDataException(reason);
                    if (saysDeep)
                        skipped.CountDeep(job.Image);
                    return segmenter.PredictDetailed(job.Image, details, passes, cancellation);
                }
                catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    if (!rule.SkipFaulty)
                        throw new InvalidDataException($"'{job.Image}' cannot be scored: {Fault.SentenceOf(exception)}", exception);
                    skipped.Skip(new SkippedFile(job.Image, Fault.SentenceOf(exception)));
                    return null;
                }
            }

            void Save(int index, OutputPlan.Job job, SegmentationPrediction prediction)
            {
                string name = Directory.Exists(source) ? Path.GetRelativePath(source, job.Image) : Path.GetFileName(job.Image);
                wanted.Save(index, job, name, prediction, segmenter.Network);
                if (table is null)
                    prediction.Mask.Save(job.Mask, kind);
                else
                    Submission.Save(prediction.Mask, table, job.Mask);
            }
        });
        return command;
    }

    private static List<OutputPlan.Job> Jobs(string images, string output, ReadingOptions reading, IReadOnlyList<string> endings, Func<string, string> nameOf)
    {
        if (!Directory.Exists(images) && Path.Exists(images))
            return [new OutputPlan.Job(images, Path.Combine(output, nameOf(Path.GetFileNameWithoutExtension(images))), endings)];

        if (Directory.Exists(images))
            OutputPlan.RequireApart(images, output);
        var view = new MLContext().SemanticSegmentation.Data.Folder(images, reading: reading with { OutputDirectories = [output] });
        return [.. view.GetColumn<string>("ImagePath").Select(image => new OutputPlan.Job(image, StemOf(image), endings))];

        string StemOf(string image) => Path.Combine(output, nameOf(Path.ChangeExtension(Path.GetRelativePath(images, image), null)));
    }

    private static void Write(
        Terminal terminal, string output, int images, int written, SkippedFiles skipped, TimeSpan elapsed, (string? File, int? Images) sheet, bool json)
    {
        if (json)
        {
            terminal.WriteJson(new
            {
                output,
                images,
                written,
                seconds = elapsed.TotalSeconds,
                skipped = skipped.Skipped,
                leftOut = skipped.LeftOut,
                sheet = sheet.File is null ? null : new { file = sheet.File, images = sheet.Images },
            });
        }
        else
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{written} masks in '{output}', {skipped.Count} images skipped, {elapsed.TotalSeconds:f1} s, {images / elapsed.TotalSeconds:f1} images/s"));
            if (sheet.Images > 0)
                terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sheet.Images} of {images} images on '{sheet.File}'"));
        }
    }
}
