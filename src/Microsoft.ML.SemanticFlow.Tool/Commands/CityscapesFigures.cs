// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option <c>--server</c> of <c>evaluate</c>: the figures of a benchmark's server, from masks as it takes them.</summary>
internal sealed class CityscapesFigures(Terminal terminal)
{
    private readonly Option<string?> _server = new("--server")
    {
        Description = "Judge --predictions as the server of a benchmark does: IoU and iIoU of Cityscapes' classes and categories. --labels is gtFine/val or the like.",
        HelpName = "cityscapes",
    };

    public void AddTo(CliCommand command)
    {
        _server.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, ["cityscapes"]);
        command.Add(_server);
    }

    /// <summary>Whether the server's figures are asked for.</summary>
    public bool Asked(ParseResult parsed) => parsed.GetValue(_server) is not null;

    /// <summary>Compares and writes the figures.</summary>
    /// <param name="labels">The folder of ground truth.</param>
    /// <param name="predictions">The folder of predictions.</param>
    /// <param name="json">The file of the figures; '-' for standard output instead of the table, null for none.</param>
    /// <param name="workers">Images read at once.</param>
    /// <param name="cancellation">Ends the work.</param>
    public int Run(string labels, string predictions, string? json, int workers, CancellationToken cancellation)
    {
        var skipped = new SkippedFiles(terminal);
        var evaluation = CommandCancelledException.During(
            () => terminal.Follow(show => CityscapesServer.Evaluate(
                labels, predictions, skipped.Hear(new ReadingOptions()).LeftOut, new Shown(show), workers, cancellation)),
            () => "Cancelled; the figures are not written.");
        skipped.SayLeftOut();
        var metrics = new CityscapesMetrics(evaluation);
        using var written = new MemoryStream();
        metrics.Save(written);
        if (json == "-")
        {
            terminal.Output.Write(Encoding.UTF8.GetString(written.ToArray()) + Environment.NewLine);
            return ExitCode.Done;
        }

        if (json is not null)
            AtomicFile.Write(json, written.ToArray());
        Write("class", metrics.ClassIoU, metrics.ClassInstanceIoU, metrics.MeanClassIoU, metrics.MeanClassInstanceIoU);
        terminal.Output.WriteLine();
        Write("category", metrics.CategoryIoU, metrics.CategoryInstanceIoU, metrics.MeanCategoryIoU, metrics.MeanCategoryInstanceIoU);
        return ExitCode.Done;
    }

    private void Write(string what, IReadOnlyDictionary<string, double> iou, IReadOnlyDictionary<string, double> instances, double mean, double instanceMean)
    {
        var table = new TextTable(what, "IoU", "iIoU");
        foreach (var (name, value) in iou.Where(pair => !double.IsNaN(pair.Value)))
            table.Add(name, Format(value), Format(instances[name]));
        table.Add("mean", Format(mean), Format(instanceMean));
        table.Write(terminal.Output);
    }

    private static string Format(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);

    private sealed class Shown(Action<string, int, int> show) : IProgress<(int Done, int Total)>
    {
        private readonly Lock _gate = new();

        public void Report((int Done, int Total) value)
        {
            lock (_gate)
                show("evaluating", value.Done, value.Total);
        }
    }
}
