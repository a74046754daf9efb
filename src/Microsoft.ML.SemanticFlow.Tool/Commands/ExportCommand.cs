// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow export</c>: a training run, or a saved pipeline, to one ONNX file.</summary>
internal static class ExportCommand
{
    public const string Name = "export", Purpose = "Write a trained network as one ONNX file and check that it gives the same scores.";

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model")
        {
            Description = "The folder of a training run; or a saved ML.NET zip or ONNX file, which give the form and size that they hold.",
            Required = true,
            HelpName = "RUN_DIR|M",
        };
        var output = new Option<string>("--output") { Description = "The ONNX file to write.", Required = true, HelpName = "M.onnx" };
        var file = new OnnxFileOptions();
        var precision = new PrecisionOptions();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand(Name, Purpose) { model, output };
        file.AddTo(command);
        precision.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var options = file.Read(parsed) with { CancellationToken = cancellation };
            var convert = precision.Read(parsed, terminal, cancellation);
            string source = parsed.GetValue(model)!, target = parsed.GetValue(output)!; // both are required
            OutputFile.Try(target, output.Name);
            return CommandCancelledException.During(
                () => Directory.Exists(source)
                    ? FromRun(terminal, source, target, options, convert, parsed.GetValue(json))
                    : FromFile(terminal, source, target, options, convert, parsed.GetValue(json)),
                () => $"Cancelled; '{target}' is not written.");
        });
        return command;
    }

    private static int FromRun(
        Terminal terminal, string source, string target, OnnxExportOptions options, Func<SegmentationModel, PrecisionOptions.Converted>? convert, bool json)
    {
        // Beside it where it is only a step on the way: a failure leaves an earlier file as it was.
        string written = convert is null ? target : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, PartialFile.NewName()); // a file lies in a folder
        var figures = terminal.Wait("exporting", () => terminal.CreateContext().SemanticSegmentation.ExportOnnx(source, written, options));
        var converted = convert is null ? null : Convert();
        if (json)
        {
            terminal.WriteJson(new
            {
                model = target,
                form = OnnxFileOptions.Word(options.Form),
                normalization = options.Form == OnnxForm.Scoring ? "graph" : OnnxFileOptions.Word(options.Normalization),
                largestLogitDifference = figures.LargestLogitDifference,
                logitRange = figures.LogitRange,
                argMaxAgreement = figures.ArgMaxAgreement,
                height = figures.Height,
                width = figures.Width,
                converted = PrecisionOptions.Figures(converted),
            });
        }
        else
        {
            terminal.Output.WriteLine($"{target}: form {OnnxFileOptions.Describe(options)}; {OnnxFileOptions.Describe(figures)}{PrecisionOptions.Describe(converted)}");
        }

        return ExitCode.Done;

        PrecisionOptions.Converted Convert()
        {
            try
            {
                using var model = ModelFile.Load(terminal, written);
                return convert(model).Save(target);
            }
            finally
            {
                File.Delete(written);
            }
        }
    }

    // Such a file was checked when it was made; it holds a finished graph, not the weights that another form is made of.
    private static int FromFile(
        Terminal terminal, string source, string target, OnnxExportOptions options, Func<SegmentationModel, PrecisionOptions.Converted>? convert, bool json)
    {
        using var model = ModelFile.Load(terminal, source);
        bool isOfTheForm = model.Form == options.Form && (model.Form == OnnxForm.Scoring || model.Normalization == options.Normalization);
        if (!isOfTheForm || (options.Height is not null && (model.Height, model.Width) != (options.Height, options.Width)))
            throw new InvalidDataException(
                $"'{source}' holds the form {OnnxFileOptions.Describe(model)} for {Size(model.Height, model.Width)} and cannot be turned into another. " +
                "Export from the run folder instead.");
        PrecisionOptions.Converted? converted = null;
        options.CancellationToken.ThrowIfCancellationRequested();
        if (convert is null)
            model.Save(target);
        else
            converted = convert(model).Save(target);
        if (json)
            terminal.WriteJson(new
            {
                model = target,
                form = OnnxFileOptions.Word(model.Form),
                normalization = OnnxFileOptions.Word(model.Normalization),
                height = model.Height,
                width = model.Width,
                converted = PrecisionOptions.Figures(converted),
            });
        else
            terminal.Output.WriteLine(
                $"{target}: form {OnnxFileOptions.Describe(model)} for {Size(model.Height, model.Width)}, " +
                $"{(converted is null ? $"as it was in '{source}'" : $"made of '{source}'")}{PrecisionOptions.Describe(converted)}");
        return ExitCode.Done;
    }

    private static string Size(int? height, int? width) => height is null ? "images of any size" : $"images of {height} x {width}";
}
