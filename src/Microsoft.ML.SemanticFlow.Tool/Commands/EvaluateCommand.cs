// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow evaluate</c>: a model, or masks already predicted, against label files.</summary>
internal static class EvaluateCommand
{
    private const string StandardOutput = "-";

    /// <param name="Label">The label file.</param>
    /// <param name="Other">The image to score, or the predicted mask.</param>
    private sealed record Sample(string Label, string Other);

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string?>("--model") { Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run.", HelpName = "M|RUN_DIR" };
        var images = new Option<string?>("--images") { Description = "Images to score with --model.", HelpName = "DIR" };
        var predictions = new Option<string?>("--predictions") { Description = "Masks already predicted, instead of --model and --images.", HelpName = "DIR" };
        var ids = IdsOption.Create("Ids in the files of --labels: those of the label map's raw_id column, or 0-based train ids.");
        var predictedIds = IdsOption.Create("Ids in the files of --predictions.", "--predicted-ids");
        var labels = new Option<string>("--labels") { Description = "Label PNGs.", Required = true, HelpName = "DIR" };
        var map = MapOption.Create();
        var json = new Option<string?>("--json")
        {
            Description = "Write the figures as JSON to a file; '-' writes them to standard output instead of the table.",
            HelpName = "FILE",
        };
        var inference = new InferenceSettings();
        var reading = new ReadingSettings();
        var workers = WorkersOption.Create();
        var scoring = new ScoringSettings();

        var command = new CliCommand("evaluate", "Compare predictions with labels: IoU of each class, mIoU, accuracy.")
        {
            model, images, predictions, labels, ids, predictedIds, map, workers, json,
        };
        reading.AddTo(command);
        inference.AddTo(command);
        scoring.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) is { } file and not StandardOutput)
                OutputFile.Try(file, json.Name);
            string labelFolder = parsed.GetValue(labels)!;
            MaskIds labelIds = IdsOption.Read(parsed.GetValue(ids))!.Value, maskIds = IdsOption.Read(parsed.GetValue(predictedIds))!.Value; // both have defaults
            var chosen = MapOption.Read(parsed.GetValue(map));
            int count = WorkersOption.Read(parsed, workers);
            var apply = inference.Read(parsed);
            var rule = reading.Read(parsed);
            var skipped = new SkippedFiles(terminal);
            List<Sample> samples;
            int total;
            SemanticSegmentationMetrics metrics;
            switch (parsed.GetValue(model), parsed.GetValue(images), parsed.GetValue(predictions))
            {
                case ({ } modelFile, { } imageFolder, null):
                    using (var segmenter = ModelFile.Load(terminal, modelFile, scoring.Read(parsed), out var own))
                    {
                        var passes = apply(own);
                        var space = Agree(chosen, segmenter.Labels, modelFile);
                        bool saysDeep = !scoring.SaysGray16(parsed) && segmenter.Gray16 == Gray16.Scale;
                        samples = Pairs(imageFolder, labelFolder, skipped.Hear(rule));
                        skipped.SayLeftOut();
                        total = samples.Count + skipped.Count;
                        metrics = Count(terminal, samples, space, labelIds, MaskOf, rule, skipped, count, cancellation);
                        skipped.SayDeep();

                        SegmentationMask MaskOf(string image)
                        {
                            if (saysDeep)
                                skipped.CountDeep(image);
                            return segmenter.Predict(image, passes, cancellation);
                        }
                    }

                    break;
                case (null, null, not null) when inference.AnyIn(parsed):
                    throw new UsageException("--predictions are read as they are: --scales, --flip, --sliding, --overlap and --blend go with --model.");
                case (null, null, { } masks):
                    var known = chosen ?? throw new UsageException("--predictions needs --map, which says what the ids in the files mean.");
                    samples = Predicted(masks, labelFolder, rule, skipped);
                    skipped.SayLeftOut();
                    total = samples.Count + skipped.Count;
                    metrics = Count(terminal, samples, known, labelIds, path => SegmentationMask.Load(path, known, maskIds), rule, skipped, count, cancellation);
                    break;
                default:
                    throw new UsageException("Give either --model with --images, or --predictions.");
            }

            CheckLabels(terminal, metrics.ConfusionMatrix);
            Write(terminal, metrics, skipped, parsed.GetValue(json));
            if (skipped.Excess(total, rule.MaxSkippedShare) is not { } excess)
                return ExitCode.Done;
            terminal.WriteLine(excess);
            return ExitCode.BadInput;
        });
        return command;
    }

    private static List<Sample> Pairs(string images, string labels, ReadingOptions reading)
    {
        var view = new MLContext().SemanticSegmentation.Data.Folder(images, labels, reading: reading);
        return [.. view.GetColumn<string>("LabelPath").Zip(view.GetColumn<string>("ImagePath"), (label, image) => new Sample(label, image))];
    }

    private static List<Sample> Predicted(string predictions, string labels, ReadingOptions rule, SkippedFiles skipped)
    {
        var reading = skipped.Hear(rule);
        var view = new MLContext().SemanticSegmentation.Data.Folder(labels, reading: reading);
        var samples = new List<Sample>();
        var lacking = new List<Sample>();
        foreach (string label in view.GetColumn<string>("ImagePath"))
        {
            if (!Path.GetExtension(label).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                reading.LeftOut?.Report(new SkippedFile(label, "no PNG, from which alone class ids are read"));
                continue;
            }

            string expected = Path.Combine(predictions, Path.GetRelativePath(labels, label));
            string[] names = [expected, Path.ChangeExtension(expected, ".png"), Path.ChangeExtension(expected, ".PNG")];
            string? found = names.FirstOrDefault(Path.Exists);
            (found is null ? lacking : samples).Add(new Sample(label, found ?? expected));
        }

        foreach (var sample in lacking)
        {
            string reason = $"Label '{sample.Label}' has no prediction: expected '{sample.Other}' " +
                $"({lacking.Count} of {lacking.Count + samples.Count} labels lack theirs). Predict the missing images first.";
            if (!rule.SkipFaulty)
                throw new FileNotFoundException(reason);
            skipped.Skip(new SkippedFile(sample.Label, reason));
        }

        return samples;
    }

    private static LabelMap Agree(LabelMap? chosen, LabelMap own, string model) => chosen is not null && own.FindDifference(chosen, $"Model '{model}'", "--map") is { } difference
        ? throw new InvalidDataException($"{difference} Use the map that the model was trained with.")
        : chosen ?? own;

    private static SemanticSegmentationMetrics Count(
        Terminal terminal, List<Sample> samples, LabelMap labels, MaskIds ids, Func<string, SegmentationMask> predict,
        ReadingOptions rule, SkippedFiles skipped, int workers, CancellationToken cancellation)
    {
        var whole = new SegmentationEvaluation(labels, keepImages: false);
        int counted = 0;
        CommandCancelledException.During(() => terminal.Track("evaluating", samples.Count, done => Parallel.ForEach(
            samples,
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            () => new SegmentationEvaluation(labels, keepImages: false),
            (sample, _, part) =>
            {
                try
                {
                    part.Add(SegmentationMask.Load(sample.Label, labels, ids), predict(sample.Other), sample.Other);
                    Interlocked.Increment(ref counted);
                }
                catch (Exception exception) when (rule.SkipFaulty && exception is (InvalidDataException or IOException or UnauthorizedAccessException))
                {
                    skipped.Skip(new SkippedFile(sample.Other, Fault.SentenceOf(exception)));
                }

                done();
                return part;
            },
            part =>
            {
                lock (whole)
                    whole.Add(part);
            })), () => $"Cancelled after {counted} of {samples.Count} images; their figures are not written.");
        return whole.ImageCount > 0
            ? whole.Metrics
            : throw new InvalidDataException($"None of the {samples.Count} images could be evaluated.");
    }

    // Figures of labels that mean something else than their map says look like any others.
    private static void CheckLabels(Terminal terminal, SegmentationConfusionMatrix counts)
    {
        var pixels = new PixelCounts([.. Enumerable.Range(0, counts.ClassCount).Select(counts.GetActualCount)], counts.IgnoredCount);
        if (pixels.Counted == 0)
            throw new InvalidDataException(
                "No pixel of the labels counts: all of them are ignored. Look whether --map is the one the labels were drawn with, and whether they hold raw or train ids.");
        foreach (string? warning in new[] { pixels.FindEmptyClasses(counts.Labels, "label"), pixels.FindIgnored("label pixels") })
        {
            if (warning is not null)
                terminal.WriteLine($"warning: {warning}");
        }
    }

    private static void Write(Terminal terminal, SemanticSegmentationMetrics metrics, SkippedFiles skipped, string? json)
    {
        var figures = new
        {
            meanIoU = JsonOutput.Number(metrics.MeanIoU),
            pixelAccuracy = JsonOutput.Number(metrics.PixelAccuracy),
            meanClassAccuracy = JsonOutput.Number(metrics.MeanClassAccuracy),
            frequencyWeightedIoU = JsonOutput.Number(metrics.FrequencyWeightedIoU),
            classes = metrics.ConfusionMatrix.Labels.Classes.Select((label, id) => new
            {
                name = label.Name,
                iou = JsonOutput.Number(metrics.PerClassIoU[id]),
                accuracy = JsonOutput.Number(metrics.PerClassAccuracy[id]),
                pixels = metrics.ConfusionMatrix.GetActualCount(id),
            }),
            confusion = metrics.ConfusionMatrix.GetCounts(),
            skipped = skipped.Skipped,
            leftOut = skipped.LeftOut,
        };
        if (json == StandardOutput)
        {
            terminal.WriteJson(figures);
            return;
        }

        if (json is not null)
            AtomicFile.Write(json, JsonSerializer.SerializeToUtf8Bytes(figures, JsonOutput.Options));
        terminal.Output.Write(metrics.GetFormattedTable());
    }
}
