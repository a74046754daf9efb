// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>What <c>semanticflow dataset</c> does by itself: counts, shares of the classes, findings.</summary>
internal sealed class DatasetLook(Terminal terminal, CancellationToken cancellation)
{
    private const int MostListed = 10; // of a kind, in text
    private const int BarLength = 40;

    private static readonly JsonSerializerOptions _json = new(JsonOutput.Options) { Converters = { new JsonStringEnumConverter() } };

    private readonly Option<string?> _data = new("--data") { Description = "Root folder of the data set.", HelpName = "ROOT" };

    private readonly Option<string?> _kind = new("--kind", "--dataset")
    {
        Description = $"Data set: {string.Join("; ", SegmentationDatasets.All.Select(dataset => $"{dataset.Id}, {dataset.Title}"))}. [default: what the folders look like]",
        HelpName = string.Join('|', SegmentationDatasets.All),
    };

    private readonly Option<string?> _map = MapOption.Create();

    private readonly Option<string> _ids = IdsOption.Create(
        "Ids in the label files: those of the label map's raw_id column, 0-based train ids, or the map's colours. [default: those of the data set]", otherwise: null);

    private readonly Option<string[]> _allow = new("--allow")
    {
        Description = $"Kinds of findings that are as they should be, and do not fail the command: {string.Join(", ", Enum.GetNames<DatasetFindingKind>())}.",
        HelpName = "KIND",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _report = new("--report") { Description = "Write a page for a browser: figures, findings with their pictures, the first images of each class.", HelpName = "R.html" };
    private readonly Option<bool> _asJson = new("--json") { Description = "Write the result as JSON." };
    private readonly Option<int?> _workers = WorkersOption.Create();

    public void AddTo(CliCommand command)
    {
        _kind.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. SegmentationDatasets.All.Select(dataset => dataset.Id)]);
        _allow.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<DatasetFindingKind>());
        foreach (Option option in new Option[] { _data, _kind, _map, _ids, _allow, _report, _asJson, _workers })
            command.Add(option);
        command.SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var kind = parsed.GetValue(_kind) is { } id ? SegmentationDatasets.Get(id) : null;
        string root = parsed.GetValue(_data) ?? kind?.DefaultRoot
            ?? throw new UsageException("--data is missing: the root folder of the data set.");
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"--data '{root}' does not exist. Name the root folder of the data set.");
        var dataset = kind ?? Recognize(root);
        string? report = parsed.GetValue(_report);
        if (report is not null)
            OutputFile.Try(report, _report.Name);
        var allowed = (parsed.GetValue(_allow) ?? []).Select(name => Enum.Parse<DatasetFindingKind>(name, ignoreCase: true)).ToHashSet();

        int done = 0;
        var inspection = CommandCancelledException.During(
            () => terminal.Follow(show => terminal.CreateContext().SemanticSegmentation.Data.Inspect(dataset, root, new DatasetInspectionOptions
            {
                Labels = MapOption.Read(parsed.GetValue(_map)),
                Ids = IdsOption.Read(parsed.GetValue(_ids)),
                Workers = WorkersOption.Read(parsed, _workers),
                Progress = new Told(show, count => done = count),
                CancellationToken = cancellation,
            })),
            () => $"Cancelled after {done} images.");
        if (report is not null)
            inspection.SaveReport(report);
        if (parsed.GetValue(_asJson))
            WriteJson(inspection);
        else
            WriteText(inspection, report);
        return inspection.Findings.All(finding => finding.IsNote || allowed.Contains(finding.Kind)) ? ExitCode.Done : ExitCode.BadInput;
    }

    private SegmentationDatasetInfo Recognize(string root)
    {
        var dataset = SegmentationDatasets.Recognize(root)
            ?? throw new UsageException($"'{root}' looks like none of the data sets, or like several: say which with --kind, {string.Join(", ", SegmentationDatasets.All)}.");
        terminal.WriteLine($"Taken for {dataset}: {dataset.Title}. --kind says otherwise.");
        return dataset;
    }

    private void WriteText(DatasetInspection inspection, string? report)
    {
        var output = terminal.Output;
        var splits = new TextTable("split", "images", "labels", "sizes (height x width)", "ignored");
        foreach (var split in inspection.Splits)
        {
            long ignored = split.IgnoredPixels, all = ignored + split.ClassPixels.Sum();
            splits.Add(split.Split.ToString(), Text(split.ImageCount), Text(split.LabelCount), SizesOf(split), all == 0 ? "-" : BarChart.Percent((double)ignored / all));
        }

        splits.Write(output);
        output.WriteLine();
        WriteClasses(inspection);
        foreach (var same in inspection.Findings.GroupBy(finding => (finding.Kind, finding.IsNote)))
        {
            output.WriteLine($"{(same.Key.IsNote ? "note: " : "")}{DatasetFindingText.TitleOf(same.Key.Kind)} ({same.Key.Kind}): {Text(same.Count())}");
            foreach (var finding in same.Take(MostListed))
                output.WriteLine($"  {Display.PrintableText.Line(finding.Message)}");
            if (same.Count() > MostListed)
                output.WriteLine($"  and {Text(same.Count() - MostListed)} more, which --json and --report list.");
        }

        output.WriteLine(inspection.IsClean ? "Nothing is wrong." : $"{Text(inspection.Findings.Count(finding => !finding.IsNote))} findings.");
        if (report is not null)
            output.WriteLine($"The page is '{report}'.");
    }

    private void WriteClasses(DatasetInspection inspection)
    {
        if (inspection.Splits.FirstOrDefault(split => split.LabelCount > 0) is not { } first)
            return;
        double most = Math.Max(1e-9, InspectionPage.SharesOfPixels(first).Max());
        var table = new TextTable(["class", "", .. inspection.Splits.Where(split => split.LabelCount > 0).SelectMany(split => new[] { $"{split.Split} pixels", "images" }), "weight"]);
        for (int id = 0; id < inspection.Labels.ClassCount; id++)
        {
            var cells = new List<string> { inspection.Labels.Classes[id].Name, Bar(InspectionPage.SharesOfPixels(first)[id] / most) };
            foreach (var split in inspection.Splits.Where(split => split.LabelCount > 0))
            {
                cells.Add(BarChart.Percent(InspectionPage.SharesOfPixels(split)[id]));
                cells.Add(BarChart.Percent((double)split.ClassImages[id] / split.LabelCount));
            }

            cells.Add(inspection.SuggestedClassWeights.Count == 0 ? "-" : inspection.SuggestedClassWeights[id].ToString("f2", CultureInfo.InvariantCulture));
            table.Add([.. cells]);
        }

        table.Write(terminal.Output);
        terminal.Output.WriteLine();
        terminal.Output.WriteLine($"To begin with: {CommandOf(inspection)}");
        terminal.Output.WriteLine();
    }

    private static string CommandOf(DatasetInspection inspection) =>
        $"semanticflow train --dataset {inspection.Dataset} --data \"{inspection.Root}\" --network sfnet-lite-r18 --crop {inspection.SuggestedCrop},{inspection.SuggestedCrop}" +
        $"{(inspection.HasRareClasses ? " --class-weights log --class-uniform 0.5" : "")} --output run";

    private static string Bar(double share) => new string('#', (int)Math.Round(share * BarLength)).PadRight(BarLength);

    private static string SizesOf(DatasetSplitSummary split) => split.Sizes.Count switch
    {
        0 => "-",
        1 => $"{split.Sizes[0].Height} x {split.Sizes[0].Width}",
        { } count => new StringBuilder().Append(CultureInfo.InvariantCulture, $"{split.Sizes[0].Height} x {split.Sizes[0].Width} ({split.Sizes[0].Count}), {count - 1} more").ToString(),
    };

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private void WriteJson(DatasetInspection inspection) => terminal.Output.Write(JsonSerializer.Serialize(
        new
        {
            dataset = inspection.Dataset.Id,
            root = inspection.Root,
            isClean = inspection.IsClean,
            labels = inspection.Labels.Name,
            splits = inspection.Splits.Select(split => new
            {
                split.Split,
                images = split.ImageCount,
                labels = split.LabelCount,
                sizes = split.Sizes.Select(size => new { size.Height, size.Width, size.Count }),
                split.IgnoredPixels,
            }),
            classes = inspection.Labels.Classes.Select((label, id) => new
            {
                id,
                name = label.Name,
                pixels = inspection.Splits.ToDictionary(split => split.Split.ToString(), split => split.ClassPixels[id]),
                images = inspection.Splits.ToDictionary(split => split.Split.ToString(), split => split.ClassImages[id]),
                weight = inspection.SuggestedClassWeights.Count == 0 ? null : (float?)inspection.SuggestedClassWeights[id],
            }),
            suggestedCrop = inspection.SuggestedCrop,
            suggestedCommand = CommandOf(inspection),
            findings = inspection.Findings,
        },
        _json) + Environment.NewLine);

    // Told on the thread that reads, unlike Progress<T>.
    private sealed class Told(Action<string, int, int> show, Action<int> count) : IProgress<(int Done, int Total)>
    {
        private readonly Lock _gate = new();

        public void Report((int Done, int Total) value)
        {
            lock (_gate)
            {
                count(value.Done);
                show("looking", value.Done, value.Total);
            }
        }
    }
}
