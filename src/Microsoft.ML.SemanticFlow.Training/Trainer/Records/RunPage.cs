// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Display;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary><c>run.html</c>: what a run is, how it goes, and how to go on, from the files that it leaves behind.</summary>
internal static class RunPage
{
    /// <summary>Of an image over the epochs so many predictions are shown: the first, the last, and some between.</summary>
    private const int MostEpochs = 5;

    private const int RefreshSeconds = 60, ClassesOfAChart = 12, MostCharts = 4;

    /// <summary>Draws the page of a run anew.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="path">The page.</param>
    /// <exception cref="InvalidDataException">A record of the run does not hold.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no run.</exception>
    public static void Write(string folder, string path)
    {
        var record = RunRecord.Read(Path.Combine(folder, "run.json"))
            ?? throw new FileNotFoundException($"The folder '{folder}' holds no run.json. Name the folder of a run.");
        var log = RunTable.Read(Path.Combine(folder, "log.csv"));
        var validations = RunTable.Read(Path.Combine(folder, "validation.csv"));
        string numbers = Path.Combine(folder, RunFolder.BestValidationName);
        var validated = File.Exists(numbers) ? ReportFile.Read(numbers) : null;
        SegmentationReports.WritePage(path, writer => Write(new RunPageContent(folder, record, log, validations, validated), writer));
    }

    private static void Write(RunPageContent run, TextWriter writer)
    {
        var record = run.Record;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run.Folder)));
        using var page = new HtmlPage(writer, $"Run {name}: {record.Network}", "evaluation.js", record.State == "running" ? RefreshSeconds : null);
        page.Note($"{record.Labels.Classes.Count} classes of label map '{record.Labels.Name}', seed {record.Seed}. {StateOf(run)}");
        WriteHeadline(page, run);
        var pictures = new RunPagePictures(Path.Combine(run.Folder, RunFolder.PicturesName));
        var sections = new List<PageSection> { new("curves", "Curves", "Curves", section => WriteCurves(section, run)) };
        if (run.Validations.Count > 0)
            sections.Add(new("classes", "Classes", "IoU of each class over the epochs", section => WriteClasses(section, run)));
        if (pictures.Images.Count > 0)
            sections.Add(new("images", "Images", "Validation images over the epochs", section => pictures.WriteImages(section, MostEpochs)));
        if (run.Validated is { } validated)
            sections.Add(new("confusion", "Confusion", "Confusion of the best validation", section => WriteConfusion(section, validated)));
        if (pictures.Crops.Count > 0)
            sections.Add(new("crops", "First crops", "The first crops, as the network sees them", pictures.WriteCrops));
        sections.Add(new("choices", "Choices", "What was chosen", section => WriteChoices(section, record)));
        sections.Add(new("next", "How to go on", "How to go on", section => WriteNext(section, run)));
        page.Sections(sections);
        page.Write($"<script type=\"application/json\" id=\"page-data\">{{}}</script>\n");
    }

    private static string StateOf(RunPageContent run)
    {
        var last = run.Record.Starts is [.., var start] ? start : null;
        int epoch = (int)(run.Log.Last("epoch") ?? 0);
        string epochs = last is { MaxSeconds: { } limit } ? $"{epoch} epochs in {DurationText.Of(TimeSpan.FromSeconds(limit))}" : $"{epoch} of {last?.Epochs ?? 0} epochs";
        return run.Record.State switch
        {
            "running" => $"Running, or ended without a word: {epochs}. The page reads itself again every minute.",
            "failed" => $"Failed after {epochs}: {last?.End?.Message}",
            { } state => $"{char.ToUpperInvariant(state[0])}{state[1..]} after {epochs}.",
        };
    }

    private static void WriteHeadline(HtmlPage page, RunPageContent run)
    {
        var best = run.Validations.Curve("miou").Where(point => double.IsFinite(point.Y)).OrderByDescending(point => point.Y).FirstOrDefault((X: double.NaN, Y: double.NaN));
        page.Write($"<dl class=\"tiles\">\n");
        Tile("Best mean IoU", Figure.Score(best.Y), double.IsNaN(best.Y) ? "not validated yet" : string.Create(CultureInfo.InvariantCulture, $"epoch {best.X:0}"), "main");
        Tile("Loss", run.Log.Last("loss") is { } loss ? Figure.Score(loss) : Figure.None, "mean of the last epoch");
        Tile("Time", DurationText.Of(TimeSpan.FromSeconds(run.Log.Last("seconds") ?? 0)), "of training, over all starts");
        Tile("Speed", run.Log.Last("images_per_second") is { } speed ? speed.ToString("0.##", CultureInfo.InvariantCulture) : Figure.None, "images a second");
        Tile("Memory", run.Log.Last("peak_memory_megabytes") is { } peak ? $"{Figure.Count((long)peak)} MiB" : Figure.None, "at most");
        page.Write($"</dl>\n");

        void Tile(string title, string value, string small, string style = "") => page.Write(
            $"<div class=\"tile {style}\"><dt>{HtmlPage.Text(title)}</dt><dd>{HtmlPage.Text(value)}<small>{HtmlPage.Text(small)}</small></dd></div>\n");
    }

    private static void WriteCurves(HtmlPage page, RunPageContent run)
    {
        page.Write($"<div class=\"charts\">\n");
        Chart("Loss", run.Log.Curve("loss"), "0.000");
        Chart("Mean IoU of validation", run.Validations.Curve("miou"), "0.000");
        Chart("Learning rate at the end of the epoch", run.Log.Curve("learning_rate"), "0.######");
        Chart("Images a second", run.Log.Curve("images_per_second"), "0.##");
        Chart("Memory, MiB", run.Log.Curve("memory_megabytes"), "0");
        page.Write($"</div>\n");
        if (run.Log.Count == 0)
            page.Paragraph("No epoch is complete yet.");

        void Chart(string title, IReadOnlyList<(double X, double Y)> curve, string format)
        {
            var chart = new LineChart { Label = $"{title} over the epochs", XTitle = "epoch", Format = value => value.ToString(format, CultureInfo.InvariantCulture) };
            if (chart.Draw(new LineChart.Series(title, curve)) is { Length: > 0 } drawn)
                page.Write($"<div><h3>{HtmlPage.Text(title)}</h3>{drawn}</div>\n");
        }
    }

    // The columns behind epoch, miou and pixel_accuracy are the classes.
    private static void WriteClasses(HtmlPage page, RunPageContent run)
    {
        const int First = 3;
        var classes = run.Validations.Columns.Skip(First).Select((name, i) => new LineChart.Series(name, run.Validations.Curve(First + i))).ToArray();
        page.Write($"<div class=\"charts\">\n");
        foreach (var some in classes.Chunk(ClassesOfAChart).Take(MostCharts))
        {
            var chart = new LineChart
            {
                Label = "IoU of classes over the epochs",
                XTitle = "epoch",
                Range = (0, 1),
                Format = value => value.ToString("0.##", CultureInfo.InvariantCulture),
            };
            page.Write($"{chart.Draw(some)}");
        }

        page.Write($"</div>\n");
        var table = new SortableTable("IoU of each class in the last validation and at its best").Add("class").Add("last").Add("best").Add("epoch of the best");
        foreach (var one in classes)
        {
            double last = one.Points is [.., var end] ? end.Y : double.NaN;
            var best = one.Points.Where(point => double.IsFinite(point.Y)).OrderByDescending(point => point.Y).FirstOrDefault((X: double.NaN, Y: double.NaN));
            table.AddRow(
                new(HtmlPage.Name(one.Name)), SortableTable.Cell.Bar(Figure.Score(last), last), SortableTable.Cell.Number(Figure.Score(best.Y), best.Y),
                SortableTable.Cell.Number(double.IsNaN(best.X) ? Figure.None : best.X.ToString("0", CultureInfo.InvariantCulture), best.X));
        }

        table.Write(page);
    }

    private static void WriteConfusion(HtmlPage page, ReportContent validated)
    {
        var counts = validated.Metrics.ConfusionMatrix;
        page.Note(validated.Title);
        EvaluationPage.WriteConfusion(page, validated.Metrics, HeatMap.ClassesOf(counts), hasImages: false);
    }

    private static void WriteChoices(HtmlPage page, RunRecord record)
    {
        var facts = new List<SegmentationReportFact>();
        if (record.Starts is [.., var start])
        {
            facts.AddRange(start.Notes.Select(note => new SegmentationReportFact("Asked for", note.Key, note.Value)));
            facts.Add(new("Decided", "precision", start.Plan.Precision));
            facts.Add(new("Decided", "channels last", start.Plan.ChannelsLast ? "yes" : "no"));
            facts.Add(new("Decided", "threads", string.Create(CultureInfo.InvariantCulture, $"{start.Plan.Threads}, and {start.Plan.LoaderThreads} to load")));
            facts.Add(new("Data", "to train on", SetOf(start.TrainingSet)));
            if (start.ValidationSet is { } validation)
                facts.Add(new("Data", "to validate on", SetOf(validation)));
            facts.Add(new("Machine", "processor", string.Create(CultureInfo.InvariantCulture, $"{start.Machine.Processor}, {start.Machine.Cores} cores")));
            facts.Add(new("Machine", "memory", $"{Figure.Count(start.Machine.MemoryMegabytes)} MiB"));
            facts.Add(new("Machine", "system", start.Machine.OperatingSystem));
            facts.Add(new("Machine", "versions", $"library {start.Versions.Library}, TorchSharp {start.Versions.TorchSharp}, {start.Versions.Runtime}"));
        }

        if (record.Starts.LastOrDefault(one => one.Reasons is not null)?.Reasons is { } reasons)
        {
            page.Write($"<h3>Why</h3>\n<ul>\n");
            foreach (string reason in reasons)
                page.Write($"<li>{HtmlPage.Text(reason)}</li>\n");
            page.Write($"</ul>\n");
        }

        EvaluationPage.WriteFacts(page, facts);
        page.Table(["option", "value"], record.Options.Select(option => new[] { option.Key, option.Value }));
        page.Table(
            ["start", "from epoch", "to", "ended"],
            record.Starts.Select(one => new[]
            {
                one.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Figure.Count(one.FromEpoch),
                one.MaxSeconds is { } limit ? DurationText.Of(TimeSpan.FromSeconds(limit)) : Figure.Count(one.Epochs),
                one.End?.State ?? "running, or killed",
            }));
    }

    private static string SetOf(DataFingerprint set) => $"{Figure.Count(set.Rows)} images";

    private static void WriteNext(HtmlPage page, RunPageContent run)
    {
        page.Paragraph(run.Record.State == "finished"
            ? "The model is model.onnx in this folder. Look at what it does well and badly, and label images with it:"
            : "Go on with the run from its last epoch, or look at what it has learnt so far:");
        string[] commands = run.Record.State == "finished"
            ?
            [
                "semanticflow evaluate --model RUN --images IMAGES --labels LABELS --report report.html",
                "semanticflow predict --model RUN --images IMAGES --output MASKS --overlay",
            ]
            : ["semanticflow train --output RUN --resume", "semanticflow export --model RUN --output model.onnx"];
        page.Write($"<pre tabindex=\"0\"><code>{string.Join('\n', commands.Select(HtmlPage.Text))}</code></pre>\n");
        page.Note("RUN is this folder. 'semanticflow report RUN' draws this page anew.");
    }
}
