// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow export</c>: a training run, or a saved pipeline, to one ONNX file.</summary>
internal static class ExportCommand
{
    public static CliCommand Create(Terminal terminal)
    {
        var model = new Option<string>("--model") { Description = "The folder of a training run; or a saved ML.NET zip or ONNX file, which give the form and size that they hold.", Required = true, HelpName = "RUN_DIR|M" };
        var output = new Option<string>("--output") { Description = "The ONNX file to write.", Required = true, HelpName = "M.onnx" };
        var form = new Option<string>("--form") { Description = "scoring: pixels as decoded, for this library. logits: normalised planes to class scores at image size, for other runtimes.", DefaultValueFactory = _ => "scoring" };
        form.AcceptOnlyFromAmong("scoring", "logits");
        var height = new Option<int?>("--height") { Description = "Fix the rows of the images.", HelpName = "H" };
        var width = new Option<int?>("--width") { Description = "Fix the columns of the images.", HelpName = "W" };
        var dynamic = new Option<bool>("--dynamic") { Description = "Take images of any size; so it is without --height and --width." };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand("export", "Write a trained network as one ONNX file and check that it gives the same scores.") { model, output, form, height, width, dynamic, json };
        command.SetAction(parsed =>
        {
            var (rows, columns) = (parsed.GetValue(height), parsed.GetValue(width));
            if (rows is null != columns is null || (rows is not null && parsed.GetValue(dynamic)))
                throw new UsageException("Give --height and --width together, or --dynamic.");
            var options = Options(parsed.GetValue(form) == "logits" ? OnnxForm.Logits : OnnxForm.Scoring, rows, columns);
            string source = parsed.GetValue(model)!, target = parsed.GetValue(output)!; // both are required
            return Directory.Exists(source)
                ? FromRun(terminal, source, target, options, parsed.GetValue(json))
                : FromFile(terminal, source, target, options, parsed.GetValue(json));
        });
        return command;
    }

    private static OnnxExportOptions Options(OnnxForm form, int? height, int? width)
    {
        try
        {
            return new OnnxExportOptions { Form = form, Height = height, Width = width };
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new UsageException($"--height and --width must be at least 32 pixels, not {height} and {width}.", exception);
        }
    }

    private static int FromRun(Terminal terminal, string source, string target, OnnxExportOptions options, bool json)
    {
        ExportVerification figures;
        try
        {
            figures = terminal.CreateContext().SemanticSegmentation.ExportOnnx(source, target, options);
        }
        catch (InvalidOperationException exception)
        {
            terminal.Error.WriteLine(terminal.Verbose ? exception.ToString() : Shell.Sentence(exception));
            return ExitCode.FailedCheck;
        }

        if (json)
        {
            terminal.WriteJson(new
            {
                model = target,
                form = Word(options.Form),
                largestLogitDifference = figures.LargestLogitDifference,
                logitRange = figures.LogitRange,
                argMaxAgreement = figures.ArgMaxAgreement,
                height = figures.Height,
                width = figures.Width,
            });
        }
        else
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target}: form {Word(options.Form)}; checked against the network at {figures.Height} x {figures.Width}: logits differ by at most {figures.LargestLogitDifference:g3} over a range of {figures.LogitRange:g3}, {figures.ArgMaxAgreement:p3} of the pixels get the same class"));
        }

        return ExitCode.Done;
    }

    // Such a file was checked when it was made; it holds a finished graph, not the weights that another form is made of.
    private static int FromFile(Terminal terminal, string source, string target, OnnxExportOptions options, bool json)
    {
        using var model = ModelFile.Load(terminal, source);
        if (model.Form != options.Form || (options.Height is not null && (model.Height, model.Width) != (options.Height, options.Width)))
            throw new InvalidDataException($"'{source}' holds the form {Word(model.Form)} for {Size(model.Height, model.Width)} and cannot be turned into another. Export from the run folder instead.");
        model.Save(target);
        if (json)
            terminal.WriteJson(new { model = target, form = Word(model.Form), height = model.Height, width = model.Width });
        else
            terminal.Output.WriteLine($"{target}: form {Word(model.Form)} for {Size(model.Height, model.Width)}, as it was in '{source}'");
        return ExitCode.Done;
    }

    private static string Word(OnnxForm form) => form == OnnxForm.Scoring ? "scoring" : "logits";

    private static string Size(int? height, int? width) => height is null ? "images of any size" : $"images of {height} x {width}";
}
