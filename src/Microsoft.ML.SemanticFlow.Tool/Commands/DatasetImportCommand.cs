// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow dataset import</c>: annotations as tools write them to images, masks and a table of classes.</summary>
internal static class DatasetImportCommand
{
    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var from = new Option<string?>("--from")
        {
            Description = $"Format: {string.Join("; ", AnnotationFormats.All.Select(format => $"{format.Id}, {format.Title}"))}. [default: told by the files, " +
                $"where they leave no doubt]",
            HelpName = string.Join('|', AnnotationFormats.All),
        };
        from.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. AnnotationFormats.All.Select(format => format.Id)]);
        var data = new Option<string>("--data")
        {
            Description = "The folder that holds the annotations, or one file: a COCO or Label Studio .json, a CVAT .xml, " +
            "a data.yaml.",
            Required = true,
            HelpName = "IN"
        };
        var output = new Option<string>("--output")
        {
            Description = "The folder to write: {train,val,test}/{images,labels} and classes.csv. A new one, " +
            "or that of the same import, which goes on.",
            Required = true,
            HelpName = "OUT"
        };
        var images = new Option<string?>("--images") { Description = "Where the images lie, when not in --data.", HelpName = "DIR" };
        var place = new Option<string>("--place") { Description = "How images come into --output: as links to where they lie, or as copies.", DefaultValueFactory = _ => "link" };
        place.AcceptOnlyFromAmong("link", "copy");
        var map = MapOption.Create(of: "the annotations, instead of the classes that they list");
        var background = new Option<string>("--background")
        {
            Description = "Pixels that no object covers: a class, background, or ignored (255).",
            DefaultValueFactory = _ => "class"
        };
        background.AcceptOnlyFromAmong("class", "ignore");
        var order = new Option<string?>("--order")
        {
            Description = "Of objects that overlap, which is seen: the later in the file, or the one of the smaller area. " +
            "[default: area for coco and yolo, file for others; CVAT's own order goes first]"
        };
        order.AcceptOnlyFromAmong("file", "area");
        var unknown = new Option<string>("--unknown-labels")
        {
            Description = "Objects whose label is none of the classes: refuse their image, " +
            "paint them as ignored (255), or skip them.",
            DefaultValueFactory = _ => "refuse"
        };
        unknown.AcceptOnlyFromAmong("refuse", "ignore", "skip");
        var crowds = new Option<bool>("--ignore-crowds") { Description = "Paint COCO's crowds (iscrowd) as ignored (255)." };
        var nearest = new Option<bool>("--nearest-color")
        {
            Description = "In masks of colours, take the nearest colour of the list where a pixel's own is none of it: " +
            "for smoothed edges and JPEG."
        };
        var variant = new Option<string?>("--variant")
        {
            Description = "Which annotations, where a tree holds several: v1.2 or v2.0 of mapillary, " +
            "gtFine or gtCoarse of cityscapes.",
            HelpName = "NAME"
        };
        var reading = new ReadingSettings();
        var workers = WorkersOption.Create();
        var shard = ShardOption.Create();
        var json = new Option<bool>("--json") { Description = "Write the report as JSON." };

        var command = new CliCommand("import", "Write annotations as images, masks of ids and a table of classes.")
        {
            from, data, output, images, place, map, background, order, unknown, crowds, nearest, variant, workers, shard, json,
        };
        reading.AddTo(command);
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(data)!, target = parsed.GetValue(output)!; // both are required
            var skipped = new SkippedFiles(terminal);
            var rule = reading.Read(parsed);
            var options = new AnnotationImportOptions
            {
                Format = parsed.GetValue(from) is { } id ? AnnotationFormats.Get(id) : null,
                ImagesDirectory = parsed.GetValue(images),
                Images = parsed.GetValue(place) == "copy" ? ImagePlacement.Copy : ImagePlacement.Link,
                Labels = MapOption.Read(parsed.GetValue(map)),
                Background = parsed.GetValue(background) == "ignore" ? AnnotationBackground.Ignore : AnnotationBackground.Class,
                Order = parsed.GetValue(order) switch { null => null, "area" => PaintOrder.Area, _ => PaintOrder.File },
                UnknownLabels = parsed.GetValue(unknown) switch { "ignore" => UnknownLabels.Ignore, "skip" => UnknownLabels.Skip, _ => UnknownLabels.Refuse },
                IgnoreCrowds = parsed.GetValue(crowds),
                NearestColor = parsed.GetValue(nearest),
                Variant = parsed.GetValue(variant),
                Shard = ShardOption.Read(terminal, parsed.GetValue(shard)),
                MaxDegreeOfParallelism = WorkersOption.Read(parsed, workers),
                Reading = skipped.Hear(rule),
                CancellationToken = cancellation,
            };
            var clock = Stopwatch.StartNew();
            var report = CommandCancelledException.During(
                () => terminal.Follow(show => Import(terminal, source, target, options with { Progress = new Shown(show) })),
                () => $"Cancelled; what is done lies in '{target}', and the same command goes on.");
            skipped.SayLeftOut();
            Write(terminal, source, target, report, skipped, clock.Elapsed, parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static AnnotationImportReport Import(Terminal terminal, string source, string target, AnnotationImportOptions options)
    {
        try
        {
            return terminal.CreateContext().SemanticSegmentation.Data.Import(source, target, options);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(Fault.SentenceOf(exception), exception);
        }
    }

    private static void Write(Terminal terminal, string source, string target, AnnotationImportReport report, SkippedFiles skipped, TimeSpan elapsed, bool json)
    {
        long pixels = Math.Max(1, report.Pixels.Values.Sum());
        var counts = report.Pixels.GroupBy(pair => report.Labels.TryGetTrainId(pair.Key, out byte trainId) ? trainId : LabelMap.IgnoreId)
            .ToDictionary(same => same.Key, same => same.Sum(pair => pair.Value));
        var classes = report.Labels.Classes.Select((label, id) => (label.Name, label.RawId, Pixels: counts.GetValueOrDefault((byte)id))).ToList();
        long ignored = counts.GetValueOrDefault(LabelMap.IgnoreId);
        if (json)
        {
            terminal.WriteJson(new
            {
                format = report.Format.Id,
                recognizedBy = report.RecognizedBy,
                output = target,
                images = report.Images.ToDictionary(pair => SplitName(pair.Key), pair => pair.Value),
                existing = report.Existing,
                objects = report.Objects,
                classes = classes.Select(label => new { name = label.Name, id = label.RawId, pixels = label.Pixels }),
                ignoredPixels = ignored,
                skipped = skipped.Skipped,
                leftOut = skipped.LeftOut,
                notes = report.Notes,
                seconds = elapsed.TotalSeconds,
            });
            return;
        }

        if (report.RecognizedBy is { } by)
            terminal.Output.WriteLine($"'{source}' is {report.Format.Title} (--from {report.Format}): {by}.");
        foreach (string note in report.Notes)
            terminal.Output.WriteLine(note);
        var table = new TextTable("class", "id", "pixels", "share");
        foreach (var (name, id, count) in classes)
            table.Add(name, id.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture), Share(count));
        if (ignored > 0)
            table.Add("(ignored)", "", ignored.ToString(CultureInfo.InvariantCulture), Share(ignored));
        table.Write(terminal.Output);
        int images = report.Images.Values.Sum();
        string splits = string.Join(", ", report.Images.OrderBy(pair => pair.Key).Select(pair =>
            string.Create(CultureInfo.InvariantCulture, $"{SplitName(pair.Key)} {pair.Value}")));
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{images} images in '{target}' ({splits}), {report.Existing} of them there already; {report.Objects} objects painted, " +
            $"{report.Skipped.Count} images skipped, {elapsed.TotalSeconds:f1} s"));

        string Share(long count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / pixels:f2} %");
    }

    private static string SplitName(DatasetSplit split) => split switch { DatasetSplit.Train => "train", DatasetSplit.Validation => "val", _ => "test" };

    // Told on the threads that work, unlike Progress<T>.
    private sealed class Shown(Action<string, int, int> show) : IProgress<AnnotationImportProgress>
    {
        private readonly Lock _gate = new();

        public void Report(AnnotationImportProgress value)
        {
            lock (_gate)
                show("importing", value.Done, value.Total);
        }
    }
}
