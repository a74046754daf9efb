// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow compare</c>: two evaluations of the same images beside each other.</summary>
internal static class CompareCommand
{
    public const string Name = "compare", Purpose = "Compare two evaluations of the same images: mIoU, each class, each image.";

    private const string StandardOutput = "-";

    public static CliCommand Create(Terminal terminal)
    {
        var first = new Argument<string>("A")
        {
            Description = "The numbers or the page that 'evaluate --report' wrote, an evaluation that the library saved, or the folder of a run, for its best validation.",
        };
        var second = new Argument<string>("B") { Description = "What is compared with it: what B has more of is shown." };
        var report = new Option<string?>("--report") { Description = "Write a page for a browser, and its numbers as JSON beside it.", HelpName = "R.html" };
        var json = new Option<string?>("--json")
        {
            Description = "Write the figures as JSON to a file; '-' writes them to standard output instead of the table.",
            HelpName = "FILE",
        };

        var command = new CliCommand(Name, Purpose) { first, second, report, json };
        command.SetAction(parsed =>
        {
            string? file = parsed.GetValue(json), page = parsed.GetValue(report);
            if (file is not null and not StandardOutput)
                OutputFile.Try(file, json.Name);
            if (page is not null)
                EvaluationReport.Try(page, report.Name, file);
            string one = parsed.GetValue(first)!, other = parsed.GetValue(second)!; // both are needed
            var content = ComparisonContent.Of(ReportFile.Read(NumbersOf(one)), ReportFile.Read(NumbersOf(other)), NameOf(one), NameOf(other));
            if (page is not null)
                SegmentationReports.Save(content, page, EvaluationReport.CommandOf(parsed));
            if (file is not null and not StandardOutput)
                AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(ComparisonFile.ToFigures(content), JsonOutput.Options));
            if (file == StandardOutput)
                terminal.WriteJson(ComparisonFile.ToFigures(content));
            else
                Write(terminal, content);
            if (page is not null)
                terminal.WriteLine($"The page is '{page}', its numbers are '{ReportFile.PathOf(page)}'.");
            return ExitCode.Done;
        });
        return command;
    }

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>The file of numbers that a page or itself stands for.</summary>
    public static string NumbersOf(string path)
    {
        if (Directory.Exists(path))
        {
            string validation = Path.Combine(path, "validation.json");
            return File.Exists(validation)
                ? validation
                : throw new FileNotFoundException(
                    $"The folder '{path}' holds no validation.json, which a run with a validation set has. Name the numbers that 'evaluate --report' wrote beside its page.");
        }

        if (Path.GetExtension(path).ToUpperInvariant() is not (".HTML" or ".HTM"))
            return path;
        string numbers = ReportFile.PathOf(path);
        return File.Exists(numbers)
            ? numbers
            : throw new FileNotFoundException($"The page '{path}' lacks its numbers '{numbers}', which are written beside it. Keep both together.");
    }

    private static void Write(Terminal terminal, ComparisonContent content)
    {
        var table = new TextTable("class", "A", "B", "B - A");
        foreach (var (id, label) in content.Labels.Classes.Index())
            table.Add(label.Name, Text(content.First.Metrics.PerClassIoU[id]), Text(content.Second.Metrics.PerClassIoU[id]), Sign(content.IoU(id)));
        table.Add("mean IoU", Text(content.First.Metrics.MeanIoU), Text(content.Second.Metrics.MeanIoU), Sign(content.MeanIoU));
        table.Write(terminal.Output);
        if (content.Drawn is { } drawn)
        {
            var difference = drawn.MeanIoU.Difference;
            terminal.Output.WriteLine(
                $"mean IoU B - A: {Sign(difference.Value)}, {Sign(difference.Lower)} to {Sign(difference.Upper)} in " +
                FormattableString.Invariant($"{100 * drawn.Level:0.#} % of {drawn.ResampleCount} draws of the images"));
        }

        if (content.Images.Count > 0)
        {
            int better = content.Images.Count(image => image.Difference > 0), worse = content.Images.Count(image => image.Difference < 0);
            terminal.Output.WriteLine(FormattableString.Invariant($"{content.Images.Count} images in both: {better} better in B, {worse} worse"));
        }

        if (content.Unpaired > 0)
            terminal.WriteLine(FormattableString.Invariant($"{content.Unpaired} images are in one of the two alone."));

        static string Text(double value) => double.IsNaN(value) ? "-" : FormattableString.Invariant($"{value:f4}");
        static string Sign(double value) => double.IsNaN(value) ? "-" : value.ToString("+0.0000;-0.0000;0.0000", System.Globalization.CultureInfo.InvariantCulture);
    }
}
