// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow evaluate</c>: a model, or masks already predicted, against label files.</summary>
internal static class EvaluateCommand
{
    public const string Name = "evaluate", Purpose = "Compare predictions with labels: IoU of each class, mIoU, accuracy.";

    private const string StandardOutput = "-";

    /// <param name="Name">What it is called in figures: the path below the folder of labels, which is alike for every model and on every machine.</param>
    /// <param name="Label">The label file.</param>
    /// <param name="Other">The image to score, or the predicted mask.</param>
    private sealed record Sample(string Name, string Label, string Other)
    {
        /// <summary>The folder below that of labels, such as a city; null where there is none.</summary>
        public string? Source => Path.GetDirectoryName(Name) is { Length: > 0 } folder ? folder.Replace('\\', '/') : null;
    }

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
        var measures = new EvaluationMeasures();
        var server = new CityscapesFigures(terminal);
        var report = new EvaluationReport(terminal);

        var command = new CliCommand(Name, Purpose)
        {
            model, images, predictions, labels, ids, predictedIds, map, workers, json,
        };
        measures.AddTo(command);
        server.AddTo(command);
        report.AddTo(command);
        reading.AddTo(command);
        inference.AddTo(command);
        scoring.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) is { } file and not StandardOutput)
                OutputFile.Try(file, json.Name);
            measures.Try(parsed);
            string? page = report.Try(parsed, parsed.GetValue(json));
            string labelFolder = parsed.GetValue(labels)!;
            MaskIds labelIds = IdsOption.Read(parsed.GetValue(ids))!.Value, maskIds = IdsOption.Read(parsed.GetValue(predictedIds))!.Value; // both have defaults
            var chosen = MapOption.Read(parsed.GetValue(map));
            int count = WorkersOption.Read(parsed, workers);
            var apply = inference.Read(parsed);
            var rule = reading.Read(parsed);
            if (server.Asked(parsed))
            {
                string given = parsed.GetValue(predictions) is { } folder && parsed.GetValue(model) is null && parsed.GetValue(map) is null
                    ? folder
                    : throw new UsageException("--server judges --predictions in the ids of the benchmark: give --predictions and --labels, and neither --model nor --map.");
                return server.Run(labelFolder, given, parsed.GetValue(json), count, cancellation);
            }

            bool hasModel = parsed.GetValue(model) is not null;
            var kept = measures.Read(parsed, hasModel);
            if (page is not null)
                kept = EvaluationReport.Measures(kept, hasModel);
            var skipped = new SkippedFiles(terminal);
            switch (parsed.GetValue(model), parsed.GetValue(images), parsed.GetValue(predictions))
            {
                case ({ } modelFile, { } imageFolder, null):
                    using (var segmenter = ModelFile.Load(terminal, modelFile, scoring.Read(parsed), out var own))
                    {
                        var passes = apply(own);
                        var space = Agree(chosen, segmenter.Labels, modelFile);
                        bool saysDeep = !scoring.SaysGray16(parsed) && segmenter.Gray16 == Gray16.Scale;
                        var samples = Pairs(imageFolder, labelFolder, skipped.Hear(rule));
                        return Evaluate(
                            samples, space, MaskOf, $"{segmenter.Network} on {samples.Count} images of {space.Name}",
                            ModelFacts(modelFile, segmenter, passes, imageFolder), Show);

                        (SegmentationMask, SegmentationEvidence?) MaskOf(string image)
                        {
                            if (saysDeep)
                                skipped.CountDeep(image);
                            if (kept.Calibration is null)
                                return (segmenter.Predict(image, passes, cancellation), null);
                            var prediction = segmenter.PredictDetailed(image, measures.Details(parsed), passes, cancellation);
                            return (prediction.Mask, prediction.ToEvidence());
                        }

                        SegmentationReportImage Show(Sample sample)
                        {
                            var prediction = segmenter.PredictDetailed(sample.Other, PredictionDetails.Confidence, passes, cancellation);
                            return new SegmentationReportImage
                            {
                                ImagePath = sample.Other,
                                Truth = SegmentationMask.Load(sample.Label, space, labelIds),
                                Prediction = prediction.Mask,
                                Confidence = prediction.Confidence.ToArray(),
                            };
                        }
                    }

                case (null, null, not null) when inference.AnyIn(parsed):
                    throw new UsageException("--predictions are read as they are: --scales, --flip, --sliding, --overlap and --blend go with --model.");
                case (null, null, { } masks):
                    var known = chosen ?? throw new UsageException("--predictions needs --map, which says what the ids in the files mean.");
                    return Evaluate(
                        Predicted(masks, labelFolder, rule, skipped), known, path => (PredictedMask(path), null), $"Masks of '{masks}'", [new("Data", "predictions", masks)],
                        sample => new SegmentationReportImage { Truth = SegmentationMask.Load(sample.Label, known, labelIds), Prediction = PredictedMask(sample.Other) });

                    SegmentationMask PredictedMask(string path) => SegmentationMask.Load(path, known, maskIds);

                default:
                    throw new UsageException("Give either --model with --images, or --predictions.");
            }

            int Evaluate(
                List<Sample> samples, LabelMap space, Func<string, (SegmentationMask, SegmentationEvidence?)> predict, string title,
                IEnumerable<SegmentationReportFact> facts, Func<Sample, SegmentationReportImage> show)
            {
                skipped.SayLeftOut();
                int total = samples.Count + skipped.Count;
                var evaluation = Count(terminal, samples, space, labelIds, predict, rule, skipped, count, kept, cancellation);
                skipped.SayDeep();
                CheckLabels(terminal, evaluation.Metrics.ConfusionMatrix);
                measures.Save(parsed, evaluation);
                var intervals = measures.Estimate(parsed, evaluation, cancellation);
                Write(terminal, EvaluationFigures.Of(evaluation, intervals, skipped), parsed.GetValue(json), output =>
                {
                    output.Write(evaluation.Metrics.GetFormattedTable());
                    measures.Say(parsed, evaluation, intervals, output);
                });
                if (page is not null)
                {
                    var byName = samples.ToDictionary(sample => sample.Name);
                    report.Save(page, evaluation, title, [.. facts, .. DataFacts(labelFolder, space, evaluation, skipped)], parsed, name => show(byName[name]));
                }

                if (skipped.Excess(total, rule.MaxSkippedShare) is not { } excess)
                    return ExitCode.Done;
                terminal.WriteLine(excess);
                return ExitCode.BadInput;
            }
        });
        return command;
    }

    private static List<Sample> Pairs(string images, string labels, ReadingOptions reading)
    {
        var view = new MLContext().SemanticSegmentation.Data.Folder(images, labels, reading: reading);
        return [.. view.GetColumn<string>("LabelPath").Zip(view.GetColumn<string>("ImagePath"), (label, image) => new Sample(NameOf(label, labels), label, image))];
    }

    private static string NameOf(string label, string labels) => Path.GetRelativePath(labels, label).Replace('\\', '/');

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
            (found is null ? lacking : samples).Add(new Sample(NameOf(label, labels), label, found ?? expected));
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

    private static IEnumerable<SegmentationReportFact> ModelFacts(string file, SegmentationModel model, InferenceOptions? passes, string images)
    {
        yield return new("Model", "file", file);
        yield return new("Model", "network", model.Network);
        yield return new("Model", "form", $"{model.Form}, {model.Precision}, {(model.Height is { } height ? $"{height} x {model.Width} (height x width)" : "any size")}");
        if (passes is not null)
            yield return new("Model", "scales", string.Join(", ", passes.Scales.Select(Invariant)) + (passes.Flip ? ", mirrored too" : ""));
        yield return new("Data", "images", images);

        static string Invariant(double scale) => scale.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<SegmentationReportFact> DataFacts(string labels, LabelMap map, SegmentationEvaluation evaluation, SkippedFiles skipped)
    {
        yield return new("Data", "labels", labels);
        yield return new("Data", "label map", $"{map.Name}, {map.ClassCount} classes");
        yield return new("Data", "counted images", FormattableString.Invariant($"{evaluation.ImageCount}"));
        if (skipped.Count > 0)
            yield return new("Data", "skipped images", FormattableString.Invariant($"{skipped.Count}"));
    }

    private static LabelMap Agree(LabelMap? chosen, LabelMap own, string model) => chosen is not null && own.FindDifference(chosen, $"Model '{model}'", "--map") is { } difference
        ? throw new InvalidDataException($"{difference} Use the map that the model was trained with.")
        : chosen ?? own;

    private static SegmentationEvaluation Count(
        Terminal terminal, List<Sample> samples, LabelMap labels, MaskIds ids, Func<string, (SegmentationMask, SegmentationEvidence?)> predict,
        ReadingOptions rule, SkippedFiles skipped, int workers, SegmentationEvaluationOptions kept, CancellationToken cancellation)
    {
        var whole = new SegmentationEvaluation(labels, kept);
        int counted = 0;
        CommandCancelledException.During(() => terminal.Track("evaluating", samples.Count, done => Parallel.ForEach(
            samples,
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            () => new SegmentationEvaluation(labels, kept),
            (sample, _, part) =>
            {
                try
                {
                    var truth = SegmentationMask.Load(sample.Label, labels, ids);
                    var (prediction, evidence) = predict(sample.Other);
                    part.Add(truth, prediction, sample.Name, sample.Source, evidence);
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
            ? whole
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

    private static void Write(Terminal terminal, object figures, string? json, Action<TextWriter> say)
    {
        if (json == StandardOutput)
        {
            terminal.WriteJson(figures);
            return;
        }

        if (json is not null)
            AtomicFile.Write(json, JsonSerializer.SerializeToUtf8Bytes(figures, JsonOutput.Options));
        say(terminal.Output);
    }
}
