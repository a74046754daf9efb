// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow networks</c>: what there is to choose from, and what each costs.</summary>
internal static class NetworksCommand
{
    public const string Name = "networks", Purpose = "List the networks: ids, size, operations, published accuracy.";

    /// <summary>Cityscapes, which the papers state their figures for.</summary>
    private const int Classes = 19, Height = 1024, Width = 2048;

    private sealed record Row(SegmentationNetworkInfo Network, NetworkCost Cost)
    {
        public string Parameters => string.Create(CultureInfo.InvariantCulture, $"{Cost.Parameters / 1e6:f2}");

        public string GigaMultiplyAccumulates => string.Create(CultureInfo.InvariantCulture, $"{Cost.MultiplyAccumulates / 1e9:f1}");

        public string GigaOperations => string.Create(CultureInfo.InvariantCulture, $"{2 * Cost.MultiplyAccumulates / 1e9:f1}");

        // In percent, as the papers print it.
        public string Published => Network.Published is { } published ? string.Create(CultureInfo.InvariantCulture, $"{100 * published.MeanIoU:f1} ({published.Dataset})") : "-";
    }

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var ids = new Argument<string[]>("ID") { HelpName = "ID", Description = "Only these networks.", Arity = ArgumentArity.ZeroOrMore };
        ids.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. SegmentationNetworks.All.Select(network => network.Id)]);
        var classes = new Option<int>("--classes") { Description = "Classes to tell apart.", HelpName = "N", DefaultValueFactory = _ => Classes };
        var height = new Option<int>("--height") { Description = "Rows of the image.", HelpName = "H", DefaultValueFactory = _ => Height };
        var width = new Option<int>("--width") { Description = "Columns of the image.", HelpName = "W", DefaultValueFactory = _ => Width };
        var markdown = new Option<bool>("--markdown") { Description = "Write a Markdown table, with the authors' checkpoints." };
        var json = new Option<bool>("--json") { Description = "Write the table as JSON." };

        var command = new CliCommand(Name, Purpose) { ids, classes, height, width, markdown, json };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(ids) is { Length: > 0 } named ? named.Select(SegmentationNetworks.Get) : SegmentationNetworks.All;
            Row[] rows = [.. asked.AsParallel().AsOrdered().WithCancellation(cancellation)
                .Select(network => new Row(network, network.CountCost(parsed.GetValue(classes), parsed.GetValue(height), parsed.GetValue(width))))];
            if (parsed.GetValue(json))
                WriteJson(terminal, rows);
            else if (parsed.GetValue(markdown))
                WriteMarkdown(terminal, rows);
            else
                WriteTable(terminal, rows);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteTable(Terminal terminal, Row[] rows)
    {
        var table = new TextTable("network", "M parameters", "GMAC", "GFLOPs", "published mIoU");
        foreach (var row in rows)
            table.Add(row.Network.Id, row.Parameters, row.GigaMultiplyAccumulates, row.GigaOperations, row.Published);
        table.Write(terminal.Output);
    }

    private static void WriteMarkdown(Terminal terminal, Row[] rows)
    {
        terminal.Output.WriteLine("| id | network | M parameters | GMAC | GFLOPs | published mIoU | checkpoint | the original's name |");
        terminal.Output.WriteLine("| --- | --- | ---: | ---: | ---: | --- | --- | --- |");
        foreach (var row in rows)
        {
            var network = row.Network;
            string checkpoint = network.Checkpoint is { } address ? $"[file]({address})" : "-", original = network.OriginalName is { } name ? $"`{name}`" : "-";
            terminal.Output.WriteLine(
                $"| `{network.Id}` | {network.Title} | {row.Parameters} | {row.GigaMultiplyAccumulates} | {row.GigaOperations} | {row.Published} | {checkpoint} | {original} |");
        }
    }

    private static void WriteJson(Terminal terminal, Row[] rows) => terminal.WriteJson(rows.Select(row => new
    {
        id = row.Network.Id,
        title = row.Network.Title,
        paper = row.Network.Paper,
        originalName = row.Network.OriginalName,
        parameters = row.Cost.Parameters,
        multiplyAccumulates = row.Cost.MultiplyAccumulates,
        publishedMeanIoU = row.Network.Published?.MeanIoU,
        publishedOn = row.Network.Published?.Dataset,
        checkpoint = row.Network.Checkpoint,
    }));
}
