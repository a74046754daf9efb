// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say which number format an ONNX file computes in, and how one in int8 is made.</summary>
internal sealed class PrecisionOptions
{
    private const string Single = "fp32", Half = "fp16", Bytes = "int8";

    private readonly Option<string> _precision = new("--precision")
    {
        Description = "Number format: fp32; int8, which is faster and nearly gives the same masks, and needs --calibrate; or fp16, which is for GPUs.",
        DefaultValueFactory = _ => Single,
    };
    private readonly Option<string?> _images = new("--calibrate") { Description = "Of int8: a folder of images like those to be scored, a hundred or so.", HelpName = "DIR" };
    private readonly Option<string?> _labels = new("--calibrate-labels") { Description = "Their label files, for the mIoU before and after.", HelpName = "DIR" };
    private readonly Option<string> _method = new("--calibration") { Description = "How the range of each feature map is chosen.", DefaultValueFactory = _ => "percentile" };
    private readonly Option<double> _agreement = new("--agreement")
    {
        Description = "The share of the pixels that must keep their class, on images held back; layers stay in fp32 until it is reached.",
        DefaultValueFactory = _ => new QuantizationOptions().MinimumAgreement,
        HelpName = "X",
    };

    public PrecisionOptions()
    {
        _precision.AcceptOnlyFromAmong(Single, Half, Bytes);
        _method.AcceptOnlyFromAmong("minmax", "percentile", "entropy");
    }

    private Option[] All => [_precision, _images, _labels, _method, _agreement];

    public void AddTo(CliCommand command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    /// <summary>Whether the user wrote any of them.</summary>
    public bool AnyIn(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>What a float32 model was turned into.</summary>
    /// <param name="Model">The new model.</param>
    /// <param name="Quantization">Of int8, what it cost.</param>
    /// <param name="Difference">Of fp16, how far the scores are apart.</param>
    public sealed record Converted(SegmentationModel Model, QuantizationReport? Quantization, ExportVerification? Difference)
    {
        /// <summary>Writes the model and frees it.</summary>
        public Converted Save(string path)
        {
            using (Model)
                Model.Save(path);
            return this;
        }
    }

    /// <summary>How a float32 model is turned into what the user asked for; null leaves it as it is.</summary>
    /// <exception cref="UsageException">Options are missing, or given without <c>--precision int8</c>.</exception>
    public Func<SegmentationModel, Converted>? Read(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string precision = parsed.GetValue(_precision)!; // has a default
        if (precision != Bytes && All.Skip(1).Any(option => parsed.GetResult(option) is { Implicit: false }))
            throw new UsageException("--calibrate, --calibrate-labels, --calibration and --agreement go with --precision int8.");
        return precision switch
        {
            Single => null,
            Half => model => ToFloat16(model, terminal, cancellation),
            _ => Quantize(parsed, terminal, cancellation),
        };
    }

    private static Converted ToFloat16(SegmentationModel model, Terminal terminal, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var half = terminal.Wait("converting", () => terminal.CreateContext().SemanticSegmentation.ConvertToFloat16(model));
        return new Converted(half.Model, null, half.Verification);
    }

    private Func<SegmentationModel, Converted> Quantize(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string images = parsed.GetValue(_images) ?? throw new UsageException("--precision int8 needs --calibrate with a folder of images like those to be scored.");
        string? labels = parsed.GetValue(_labels);
        double agreement = parsed.GetValue(_agreement);
        if (agreement is not (>= 0 and <= 1))
            throw new UsageException(FormattableString.Invariant($"--agreement must be from 0 to 1, not {agreement}."));
        var method = Enum.Parse<CalibrationMethod>(parsed.GetValue(_method)!, ignoreCase: true); // has a default
        return model =>
        {
            var context = terminal.CreateContext();
            var skipped = new SkippedFiles(terminal);
            var files = context.SemanticSegmentation.Data.Folder(images, labels, reading: skipped.Hear(new ReadingOptions()));
            skipped.SayLeftOut();
            var data = labels is null
                ? context.Transforms.SemanticFlow().LoadImages(gray16: model.Gray16).Fit(files).Transform(files)
                : context.Transforms.SemanticFlow().LoadImagesAndMasks(model.Labels, gray16: model.Gray16).Fit(files).Transform(files);
            var quantized = terminal.Follow(show => context.SemanticSegmentation.Quantize(model, data, new QuantizationOptions
            {
                Method = method,
                MinimumAgreement = agreement,
                Progress = new Phases(show),
                CancellationToken = cancellation,
            }));
            return new Converted(quantized.Model, quantized.Report, null);
        };
    }

    /// <summary>The precision as the option takes it.</summary>
    public static string Word(OnnxPrecision precision) => precision switch
    {
        OnnxPrecision.Float16 => Half,
        OnnxPrecision.Int8 => Bytes,
        _ => Single,
    };

    /// <summary>What it cost, as the end of a line.</summary>
    public static string Describe(Converted? converted) => converted switch
    {
        { Quantization: { } report } => $"; {report}",
        { Difference: { } figures } => string.Create(
            CultureInfo.InvariantCulture,
            $"; in float16 logits differ by at most {figures.LargestLogitDifference:g3} over a range of {figures.LogitRange:g3}, " +
            $"{figures.ArgMaxAgreement:p3} of the pixels of a drawn image get the same class"),
        _ => "",
    };

    /// <summary>What it cost, for machines.</summary>
    public static object? Figures(Converted? converted) => converted switch
    {
        { Quantization: { } report } => new
        {
            precision = Bytes,
            agreement = report.Agreement,
            float32MeanIoU = report.Float32MeanIoU is { } before ? JsonOutput.Number(before) : null,
            quantizedMeanIoU = report.QuantizedMeanIoU is { } after ? JsonOutput.Number(after) : null,
            layers = report.QuantizedLayers,
            sensitiveLayers = report.SensitiveLayers,
            calibrationImages = report.CalibrationImages,
            heldOutImages = report.HeldOutImages,
        },
        { Difference: { } figures } => new
        {
            precision = Half,
            largestLogitDifference = figures.LargestLogitDifference,
            logitRange = figures.LogitRange,
            argMaxAgreement = figures.ArgMaxAgreement,
        },
        _ => null,
    };

    // Told on the thread that works, unlike Progress<T>.
    private sealed class Phases(Action<string, int, int> show) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => show(
            value.Phase switch
            {
                QuantizationPhase.Calibrating => "calibrating",
                QuantizationPhase.Comparing => "comparing",
                QuantizationPhase.RankingLayers => "ranking layers",
                _ => "searching",
            },
            value.Done,
            value.Total);
    }
}
