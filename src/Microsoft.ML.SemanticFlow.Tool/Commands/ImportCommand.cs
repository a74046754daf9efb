// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow import</c>: a checkpoint to one ONNX file, or to safetensors.</summary>
internal static class ImportCommand
{
    public const string Name = "import", Purpose = "Make one ONNX file of a checkpoint and check that it gives the same scores.";

    private const string Weights = ".safetensors";
    private const int MostClasses = 254;

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var checkpoint = new Option<string>("--checkpoint")
        {
            Description = "Weights that PyTorch (.pth, .pt, .tar) or safetensors wrote, the authors' among them. Nothing in the file is run.",
            Required = true,
            HelpName = "F.pth",
        };
        var key = new Option<string?>("--checkpoint-key")
        {
            Description =
                "Which weights, where the file holds several: a key that leads to them, such as ema or state_dict_ema, or a word before their names. " +
                "[default: the first, moving averages last]",
            HelpName = "KEY",
        };
        var network = new Option<string>("--network") { Description = $"What was trained: {string.Join(", ", SegmentationNetworks.All)}.", Required = true, HelpName = "ID" };
        var classes = new Option<int?>("--classes") { Description = "How many classes it tells apart; not needed with --labels.", HelpName = "N" };
        var labels = MapOption.Create("--labels", "what the network predicts");
        var mismatch = new Option<bool>("--allow-classifier-mismatch")
        {
            Description = "Take everything but the classifier from a checkpoint of other classes: a start for training, no model to predict with.",
        };
        var output = new Option<string>("--output")
        {
            Description = "The ONNX file to write; or a .safetensors file, for the weights alone.",
            Required = true,
            HelpName = "M.onnx",
        };
        var file = new OnnxFileOptions();
        var precision = new PrecisionOptions();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand(Name, Purpose) { checkpoint, network, classes, labels, output };
        file.AddTo(command);
        precision.AddTo(command);
        command.Add(key);
        command.Add(mismatch);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(checkpoint)!, target = parsed.GetValue(output)!; // both are required
            var options = new CheckpointImportOptions
            {
                Network = Network(parsed.GetValue(network)!), // it is required
                Labels = Labels(parsed.GetValue(classes), MapOption.Read(parsed.GetValue(labels), "--labels")),
                AllowClassifierMismatch = parsed.GetValue(mismatch),
                CheckpointKey = parsed.GetValue(key),
                Export = file.Read(parsed),
                CancellationToken = cancellation,
            };
            var convert = precision.Read(parsed, terminal, cancellation);
            bool toWeights = target.EndsWith(Weights, StringComparison.OrdinalIgnoreCase);
            if (toWeights && (file.AnyIn(parsed) || precision.AnyIn(parsed)))
                throw new UsageException($"--form, --normalization, --height, --width, --dynamic and --precision are of ONNX files; a {Weights} file has no such choice.");
            OutputFile.Try(target, output.Name);
            return CommandCancelledException.During(
                () => toWeights
                    ? ToWeights(terminal, source, target, options, parsed.GetValue(json))
                    : ToOnnx(terminal, source, target, options, convert, parsed.GetValue(json)),
                () => $"Cancelled; '{target}' is not written.");
        });
        return command;
    }

    private static SegmentationNetworkInfo Network(string id)
    {
        try
        {
            return SegmentationNetworks.Get(id);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--network: {Fault.SentenceOf(exception)}", exception);
        }
    }

    private static LabelMap Labels(int? classes, LabelMap? labels)
    {
        if (classes is { } wanted && labels is not null && labels.ClassCount != wanted)
            throw new UsageException($"--labels names {labels.ClassCount} classes and --classes says {wanted}, which do not agree. Leave one of them out.");
        return labels ?? classes switch
        {
            null => throw new UsageException("Give --labels with the label space that the network predicts, or --classes with their number."),
            < 2 or > MostClasses => throw new UsageException($"--classes must be from 2 to {MostClasses}, not {classes}."),
            { } count => LabelMap.FromClassNames("classes", [.. Enumerable.Range(0, count).Select(id => $"class {id}")]),
        };
    }

    private static int ToOnnx(
        Terminal terminal, string source, string target, CheckpointImportOptions options, Func<SegmentationModel, PrecisionOptions.Converted>? convert, bool json)
    {
        var clock = Stopwatch.StartNew();
        using var imported = terminal.Wait("importing", () => terminal.CreateContext().SemanticSegmentation.ImportCheckpoint(source, options));
        PrecisionOptions.Converted? converted = null;
        options.CancellationToken.ThrowIfCancellationRequested();
        if (convert is null)
            imported.Model.Save(target);
        else
            converted = convert(imported.Model).Save(target);
        var figures = imported.Verification;
        var export = new
        {
            form = OnnxFileOptions.Word(options.Export.Form),
            normalization = OnnxFileOptions.Word(imported.Model.Normalization),
            largestLogitDifference = figures.LargestLogitDifference,
            logitRange = figures.LogitRange,
            argMaxAgreement = figures.ArgMaxAgreement,
            height = figures.Height,
            width = figures.Width,
            converted = PrecisionOptions.Figures(converted),
        };
        Write(
            terminal, source, target, options, imported.Report, clock.Elapsed, json,
            $"form {OnnxFileOptions.Describe(options.Export)}; {OnnxFileOptions.Describe(figures)}{PrecisionOptions.Describe(converted)}", export);
        return ExitCode.Done;
    }

    private static int ToWeights(Terminal terminal, string source, string target, CheckpointImportOptions options, bool json)
    {
        var clock = Stopwatch.StartNew();
        var report = terminal.Wait("converting", () => terminal.CreateContext().SemanticSegmentation.ConvertCheckpoint(source, target, options));
        Write(terminal, source, target, options, report, clock.Elapsed, json, "weights", export: null);
        return ExitCode.Done;
    }

    private static void Write(
        Terminal terminal, string source, string target, CheckpointImportOptions options, WeightReport report, TimeSpan elapsed, bool json, string made, object? export)
    {
        if (report.Untrained.Count > 0)
            terminal.Error.WriteLine(
                $"{target} cannot predict yet: the checkpoint was trained on other classes, so the classifier is random. " +
                $"Train from it: semanticflow train --initial-weights {source}");
        if (json)
        {
            terminal.WriteJson(new
            {
                model = target,
                network = options.Network.Id,
                classes = options.Labels.ClassCount,
                labels = options.Labels.Name,
                checkpointKey = report.Key,
                otherKeys = report.OtherKeys,
                loaded = report.Loaded.Count,
                unexpected = report.Unexpected,
                untrained = report.Untrained.Select(mismatch => mismatch.Name),
                export,
                seconds = elapsed.TotalSeconds,
            });
            return;
        }

        terminal.Output.WriteLine($"{source}: {report}");
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{target}: {options.Network}, {options.Labels.ClassCount} classes; {made}; {elapsed.TotalSeconds:f1} s"));
    }
}
