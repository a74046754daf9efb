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
    /// <param name="Image">The image to score.</param>
    /// <param name="Stem">The files to write, without their endings.</param>
    private sealed record Job(string Image, string Stem)
    {
        public string Mask => Stem + ".png";
    }

    /// <param name="Image">An image that could not be scored.</param>
    /// <param name="Reason">Why, in a sentence.</param>
    private sealed record Skipped(string Image, string Reason);

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model") { Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run.", Required = true, HelpName = "M|RUN_DIR" };
        var images = new Option<string>("--images") { Description = "Images: a folder with its subfolders, or one file.", Required = true, HelpName = "DIR|FILE" };
        var output = new Option<string>("--output") { Description = "Where the masks go, as PNG of the images' names.", Required = true, HelpName = "DIR" };
        var overlay = new Option<bool>("--overlay") { Description = "Also write NAME-overlay.png: the classes' colours over the image." };
        var color = new Option<bool>("--color") { Description = "Also write NAME-color.png: the classes in their colours." };
        var confidence = new Option<bool>("--confidence") { Description = "Also write NAME-confidence.png: the probability of each pixel's class, 8-bit gray, 255 where it is 1." };
        var ids = IdsOption.Create("Ids in the masks: those of the label files, or 0-based train ids.");
        var onError = new Option<string>("--on-error") { Description = "What to do about an image that cannot be read: stop, keeping the masks written, or report and skip it.", DefaultValueFactory = _ => "stop" };
        onError.AcceptOnlyFromAmong("stop", "skip");
        var inference = new InferenceSettings();
        var workers = WorkersOption.Create();
        var scoring = new ScoringSettings();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand("predict", "Label the pixels of images and write the masks.") { model, images, output, overlay, color, confidence, ids, onError, workers, json };
        inference.AddTo(command);
        scoring.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(output)!;
            var jobs = Jobs(parsed.GetValue(images)!, folder);
            var kind = IdsOption.Read(parsed.GetValue(ids))!.Value; // it has a default
            bool skip = parsed.GetValue(onError) == "skip", withOverlay = parsed.GetValue(overlay), withColor = parsed.GetValue(color);
            bool withConfidence = parsed.GetValue(confidence);
            var details = (withConfidence ? PredictionDetails.Confidence : PredictionDetails.None) | (withOverlay ? PredictionDetails.Image : PredictionDetails.None);
            int count = WorkersOption.Read(parsed, workers), written = 0;
            var chosen = inference.Read(parsed);
            using var segmenter = ModelFile.Load(terminal, parsed.GetValue(model)!, scoring.Read(parsed), out var saved);
            foreach (string directory in jobs.Select(job => Path.GetDirectoryName(job.Mask)!).Distinct())
                Directory.CreateDirectory(directory);

            var skipped = new ConcurrentQueue<Skipped>();
            var clock = Stopwatch.StartNew();
            try
            {
                CommandCancelledException.During(() => terminal.Track("predicting", jobs.Count, done => Parallel.ForEach(
                    Partitioner.Create(jobs, EnumerablePartitionerOptions.NoBuffering),
                    new ParallelOptions { MaxDegreeOfParallelism = count, CancellationToken = cancellation },
                    job =>
                    {
                        try
                        {
                            Predict(job);
                            Interlocked.Increment(ref written);
                        }
                        catch (InvalidDataException exception)
                        {
                            if (!skip)
                                throw new InvalidDataException($"'{job.Image}' cannot be scored: {Fault.SentenceOf(exception)}", exception);
                            skipped.Enqueue(new Skipped(job.Image, Fault.SentenceOf(exception)));
                            terminal.WriteLine($"Skipped '{job.Image}': {Fault.SentenceOf(exception)}");
                        }

                        done();
                    })), () => $"Cancelled after {written} of {jobs.Count} images{(written > 0 ? $"; their masks are in '{folder}'" : "")}.");
            }
            catch (AggregateException exception) when (exception.InnerExceptions[0] is InvalidDataException first)
            {
                throw new InvalidDataException($"{first.Message} {written} of {jobs.Count} masks are written; '--on-error skip' leaves such images out.", first);
            }

            Write(terminal, folder, jobs.Count, written, [.. skipped.OrderBy(item => item.Image, StringComparer.Ordinal)], clock.Elapsed, parsed.GetValue(json));
            return written > 0 ? ExitCode.Done : ExitCode.BadInput;

            void Predict(Job job)
            {
                var prediction = segmenter.PredictDetailed(job.Image, details, chosen ?? saved, cancellation);
                var mask = prediction.Mask;
                if (withOverlay)
                    prediction.SaveOverlay(job.Stem + "-overlay.png");
                if (withColor)
                    mask.SaveColor(job.Stem + "-color.png");
                if (withConfidence)
                    prediction.SaveConfidence(job.Stem + "-confidence.png");
                mask.Save(job.Mask, kind);
            }
        });
        return command;
    }

    private static List<Job> Jobs(string images, string output)
    {
        List<Job> jobs;
        if (File.Exists(images))
        {
            jobs = [new Job(images, Path.Combine(output, Path.GetFileNameWithoutExtension(images)))];
        }
        else
        {
            var view = new MLContext().SemanticSegmentation.Data.Folder(images);
            jobs = [.. view.GetColumn<string>("ImagePath").Select(image => new Job(image, Path.Combine(output, Path.ChangeExtension(Path.GetRelativePath(images, image), null))))];
        }

        foreach (var same in jobs.GroupBy(job => job.Stem).Where(group => group.Count() > 1))
            throw new InvalidDataException($"'{same.First().Image}' and '{same.Last().Image}' would both be written to '{same.First().Mask}'. Rename one.");
        foreach (var job in jobs.Where(job => Path.GetFullPath(job.Mask) == Path.GetFullPath(job.Image)))
            throw new UsageException($"--output '{output}' would overwrite the image '{job.Image}' with its mask. Name another folder.");
        return jobs;
    }

    private static void Write(Terminal terminal, string output, int images, int written, List<Skipped> skipped, TimeSpan elapsed, bool json)
    {
        if (json)
            terminal.WriteJson(new { output, images, written, seconds = elapsed.TotalSeconds, skipped = skipped.Select(item => new { image = item.Image, reason = item.Reason }) });
        else
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} masks in '{output}', {skipped.Count} images skipped, {elapsed.TotalSeconds:f1} s, {images / elapsed.TotalSeconds:f1} images/s"));
    }
}
