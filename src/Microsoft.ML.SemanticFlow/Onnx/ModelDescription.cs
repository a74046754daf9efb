// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>What an exported file says about itself in its ONNX metadata properties: all that scoring needs.</summary>
internal sealed record ModelDescription
{
    private const string Prefix = "semanticflow.";
    private const string FormatVersion = "1";
    private const string GraphNormalisesVersion = "2";      // a reader that knows version 1 alone would normalise the planes a second time
    private const string Resampling = "bilinear-antialias"; // how an image is brought to another size before the network sees it

    /// <summary>The networks of this library divide an image's sides by 32; below that, nothing is left.</summary>
    public const int NetworksSmallestSide = 32;

    /// <summary>The least and the largest <see cref="Scale"/>: beyond them a file asks for sizes that nobody trained at.</summary>
    public const double SmallestScale = 0.1, LargestScale = 4;

    private static readonly Dictionary<OnnxPrecision, string> _precisions = new()
    {
        [OnnxPrecision.Float32] = "float32",
        [OnnxPrecision.Float16] = "float16",
        [OnnxPrecision.Int8] = "int8",
    };

    private static readonly Dictionary<Gray16, string> _gray16 = new() { [Gray16.Scale] = "scale", [Gray16.Stretch] = "stretch" };

    /// <summary>Id of the network, such as sfnet-dfv1.</summary>
    public required string Network { get; init; }

    public required OnnxForm Form { get; init; }

    /// <summary>Who normalises the pixels; in the form scoring always the graph.</summary>
    public OnnxNormalization Normalization { get => Form == OnnxForm.Scoring ? OnnxNormalization.Graph : field; init; }

    /// <summary>The number format that the graph computes in.</summary>
    public OnnxPrecision Precision { get; init; }

    /// <summary>Class names, palette and raw ids.</summary>
    public required LabelMap Labels { get; init; }

    /// <summary>Per-channel mean of pixels in [0, 1], in the order of <see cref="ChannelOrder"/>.</summary>
    public IReadOnlyList<float> Mean { get; init; } = PixelNormalization.ImageNetMean;

    /// <summary>Per-channel standard deviation of pixels in [0, 1].</summary>
    public IReadOnlyList<float> Std { get; init; } = PixelNormalization.ImageNetStd;

    public ChannelOrder ChannelOrder { get; init; }

    /// <summary>How 16-bit gray images were read in training.</summary>
    public Gray16 Gray16 { get; init; }

    /// <summary>The crop the network was trained on.</summary>
    public required int TrainingHeight { get; init; }

    public required int TrainingWidth { get; init; }

    /// <summary>The image size the graph is fixed to; null when it takes any.</summary>
    public int? Height { get; init; }

    public int? Width { get; init; }

    /// <summary>The ratio that images are resized by before a network of free size sees them, unless the caller says otherwise.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Pixels on each side that the network needs at least.</summary>
    public int SmallestSide { get; init; } = NetworksSmallestSide;

    /// <summary>What makes the planes that the graph of form logits takes.</summary>
    public PixelNormalization Planes => Normalization == OnnxNormalization.Graph ? PixelNormalization.AsDecoded(ChannelOrder) : new(Mean, Std, ChannelOrder);

    private bool IsPlanesAsDecoded => Form == OnnxForm.Logits && Normalization == OnnxNormalization.Graph;

    public string LibraryVersion { get; init; } = typeof(ModelDescription).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>SHA-256 over names and values of the trained weights, in hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    public IReadOnlyDictionary<string, string> ToMetadata() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [Prefix + "format"] = IsPlanesAsDecoded ? GraphNormalisesVersion : FormatVersion,
        [Prefix + "network"] = Network,
        [Prefix + "form"] = Form == OnnxForm.Scoring ? "scoring" : "logits",
        [Prefix + "normalization"] = Normalization == OnnxNormalization.Graph ? "graph" : "caller",
        [Prefix + "precision"] = _precisions[Precision],
        [Prefix + "labels.name"] = Labels.Name,
        [Prefix + "labels.table"] = Labels.ToCsv(),
        [Prefix + "mean"] = Join(Mean),
        [Prefix + "std"] = Join(Std),
        [Prefix + "channel_order"] = ChannelOrder.ToString().ToUpperInvariant(),
        [Prefix + "gray16"] = _gray16[Gray16],
        [Prefix + "training_size"] = string.Create(CultureInfo.InvariantCulture, $"{TrainingHeight}x{TrainingWidth}"),
        [Prefix + "image_size"] = Height is { } height && Width is { } width ? string.Create(CultureInfo.InvariantCulture, $"{height}x{width}") : "free",
        [Prefix + "smallest_side"] = SmallestSide.ToString(CultureInfo.InvariantCulture),
        [Prefix + "scale"] = Scale.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "resampling"] = Resampling,
        [Prefix + "library_version"] = LibraryVersion,
        [Prefix + "weights_sha256"] = WeightsSha256,
    };

    /// <summary>Reads what an ONNX file says about itself. Time and memory are in proportion to its length; its graph is not opened.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="InvalidDataException">It is no ONNX file, or was not written by this library, or by a later one.</exception>
    public static ModelDescription FromFile(ReadOnlySpan<byte> file, string source) => FromMetadata(OnnxProperties.Read(file, Prefix, source), $"Model '{source}'");

    /// <summary>Reads the properties of an ONNX file.</summary>
    /// <param name="metadata">The file's metadata properties.</param>
    /// <param name="source">How messages name the file.</param>
    /// <exception cref="InvalidDataException">The file was not written by this library, or by a later one.</exception>
    public static ModelDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string source)
    {
        string Read(string key) => metadata.TryGetValue(Prefix + key, out var value)
            ? value
            : throw new InvalidDataException(
                $"{source} has no metadata property '{Prefix}{key}': it is not a model exported by this library. Export it with 'semanticflow export'.");
        InvalidDataException Wrong(string key, string value) =>
            new(
                $"{source}: metadata property '{Prefix}{key}' has the value '{Excerpt.Of(value)}', " +
                $"which this version ({typeof(ModelDescription).Assembly.GetName().Version?.ToString(3)}) does not read. Update the library or export the model again.");

        if (Read("format") is var format && format is not (FormatVersion or GraphNormalisesVersion))
            throw Wrong("format", format);
        if (Read("resampling") is var resampling && resampling != Resampling)
            throw Wrong("resampling", resampling);

        (int Height, int Width) Size(string key)
        {
            var parts = Read(key).Split('x');
            return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int height)
                && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int width) && height > 0 && width > 0
                ? (height, width)
                : throw Wrong(key, Read(key));
        }

        float[] Three(string key, Func<float, bool> allows)
        {
            var parts = Read(key).Split(',');
            var values = new float[3];
            bool valid = parts.Length == 3;
            for (int i = 0; valid && i < 3; i++)
                valid = float.TryParse(parts[i], CultureInfo.InvariantCulture, out values[i]) && float.IsFinite(values[i]) && allows(values[i]);
            return valid ? values : throw Wrong(key, Read(key));
        }

        // Files written before there was a choice compute in float32.
        OnnxPrecision Precision()
        {
            string word = metadata.GetValueOrDefault(Prefix + "precision", _precisions[OnnxPrecision.Float32]);
            return _precisions.FirstOrDefault(pair => pair.Value == word) is { Value: not null } known ? known.Key : throw Wrong("precision", word);
        }

        // Files written before there was a choice took the upper bits.
        Gray16 ReadGray16()
        {
            string word = metadata.GetValueOrDefault(Prefix + "gray16", _gray16[Gray16.Scale]);
            return _gray16.ContainsValue(word) ? _gray16.First(pair => pair.Value == word).Key : throw Wrong("gray16", word);
        }

        // Files written before there was a choice do not say it.
        OnnxNormalization Normalization(OnnxForm form)
        {
            string plain = form == OnnxForm.Scoring ? "graph" : "caller";
            return metadata.GetValueOrDefault(Prefix + "normalization", plain) switch
            {
                "graph" => OnnxNormalization.Graph,
                "caller" when form == OnnxForm.Logits => OnnxNormalization.Caller,
                var other => throw Wrong("normalization", other),
            };
        }

        // Files written before it could be another do not say it.
        int SmallestSide()
        {
            if (!metadata.TryGetValue(Prefix + "smallest_side", out var word))
                return NetworksSmallestSide;
            return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side > 0 ? side : throw Wrong("smallest_side", word);
        }

        // Files written before there was a choice are for images as they are.
        double Scale()
        {
            string word = metadata.GetValueOrDefault(Prefix + "scale", "1");
            return double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double scale) && scale is >= SmallestScale and <= LargestScale
                ? scale
                : throw Wrong("scale", word);
        }

        (int Height, int Width)? image = Read("image_size") == "free" ? null : Size("image_size");
        if (image is { } side)
            ImageLimits.CheckModel(side.Height, side.Width, $"{source}");
        var training = Size("training_size");
        var form = Read("form") switch { "scoring" => OnnxForm.Scoring, "logits" => OnnxForm.Logits, var other => throw Wrong("form", other) };
        return new ModelDescription
        {
            Network = Read("network"),
            Form = form,
            Normalization = Normalization(form),
            Precision = Precision(),
            Labels = LabelMap.Parse(Read("labels.name"), Read("labels.table")),
            Mean = Three("mean", _ => true),
            Std = Three("std", value => value > 0),
            ChannelOrder = Read("channel_order") switch { "RGB" => ChannelOrder.Rgb, "BGR" => ChannelOrder.Bgr, var other => throw Wrong("channel_order", other) },
            Gray16 = ReadGray16(),
            TrainingHeight = training.Height,
            TrainingWidth = training.Width,
            Height = image?.Height,
            Width = image?.Width,
            Scale = Scale(),
            SmallestSide = SmallestSide(),
            LibraryVersion = Read("library_version"),
            WeightsSha256 = Read("weights_sha256"),
        };
    }

    private static string Join(IReadOnlyList<float> values) => string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
