// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say which ONNX file is written, and the words for what came of it.</summary>
internal sealed class OnnxFileOptions
{
    private readonly Option<string> _form = new("--form")
    {
        Description = "scoring: pixels as decoded, for this library. logits: normalised planes to class scores at image size, for other runtimes.",
        DefaultValueFactory = _ => "scoring",
    };
    private readonly Option<string> _normalization = new("--normalization")
    {
        Description = "Of the form logits. caller: the file takes normalised planes. graph: it takes planes from 0 to 255, as ML.NET's ExtractPixels gives them.",
        DefaultValueFactory = _ => "caller",
    };
    private readonly Option<int?> _height = new("--height") { Description = "Fix the rows of the images.", HelpName = "H" };
    private readonly Option<int?> _width = new("--width") { Description = "Fix the columns of the images.", HelpName = "W" };
    private readonly Option<bool> _dynamic = new("--dynamic") { Description = "Take images of any size; so it is without --height and --width." };

    public OnnxFileOptions()
    {
        _form.AcceptOnlyFromAmong("scoring", "logits");
        _normalization.AcceptOnlyFromAmong("caller", "graph");
    }

    private Option[] All => [_form, _normalization, _height, _width, _dynamic];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    /// <summary>Whether the user wrote any of them.</summary>
    public bool AnyIn(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <exception cref="UsageException">The sizes are half given, too small, or given with <c>--dynamic</c>; or the normalisation is given without its form.</exception>
    public OnnxExportOptions Read(ParseResult parsed)
    {
        var (height, width) = (parsed.GetValue(_height), parsed.GetValue(_width));
        if (height is null != width is null || (height is not null && parsed.GetValue(_dynamic)))
            throw new UsageException("Give --height and --width together, or --dynamic.");
        var form = parsed.GetValue(_form) == "logits" ? OnnxForm.Logits : OnnxForm.Scoring;
        if (form == OnnxForm.Scoring && parsed.GetResult(_normalization) is { Implicit: false })
            throw new UsageException("--normalization is of --form logits; in the form scoring the graph always normalises.");
        try
        {
            return new OnnxExportOptions
            {
                Form = form,
                Normalization = parsed.GetValue(_normalization) == "graph" ? OnnxNormalization.Graph : OnnxNormalization.Caller,
                Height = height,
                Width = width,
            };
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new UsageException($"--height and --width must be at least 32 pixels, not {height} and {width}.", exception);
        }
    }

    /// <summary>The form as the option takes it.</summary>
    public static string Word(OnnxForm form) => form == OnnxForm.Scoring ? "scoring" : "logits";

    /// <summary>The choice as the option takes it.</summary>
    public static string Word(OnnxNormalization normalization) => normalization == OnnxNormalization.Graph ? "graph" : "caller";

    /// <summary>The form of a model, and that it takes planes as decoded where it does.</summary>
    public static string Describe(SegmentationModel model) => Describe(model.Form, model.Normalization);

    /// <inheritdoc cref="Describe(SegmentationModel)"/>
    public static string Describe(OnnxExportOptions options) => Describe(options.Form, options.Normalization);

    private static string Describe(OnnxForm form, OnnxNormalization normalization) =>
        form == OnnxForm.Logits && normalization == OnnxNormalization.Graph ? "logits of planes from 0 to 255" : Word(form);

    /// <summary>What the check of an export found.</summary>
    public static string Describe(ExportVerification figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"checked against the network at {figures.Height} x {figures.Width}: " +
        $"logits differ by at most {figures.LargestLogitDifference:g3} over a range of {figures.LogitRange:g3}, {figures.ArgMaxAgreement:p3} of the pixels get the same class");
}
