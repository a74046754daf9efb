// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One exported ONNX model, ready to label images.</summary>
/// <remarks>
/// Thread-safe: any number of threads may predict at once and get the same bits as one. A model disposed while predictions run lets
/// them end; later calls throw <see cref="ObjectDisposedException"/>.
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The first two parameters tell the overloads of Predict apart.")]
public sealed partial class SegmentationModel : IDisposable
{
    private static readonly InferenceOptions _once = new();

    private readonly OnnxSession _session;
    private readonly ModelDescription _description;
    private readonly Lock _gate = new();
    private SegmentationModel? _forRows;
    private bool _disposed;

    private SegmentationModel(byte[] bytes, OnnxSession session, ModelDescription description, ScoringOptions options) =>
        (Bytes, _session, _description, Options) = (bytes, session, description, options);

    /// <summary>The class names and colours of what the model predicts.</summary>
    public LabelMap Labels => _description.Labels;

    /// <summary>The id of the network, such as <c>sfnet-dfv1</c>.</summary>
    public string Network => _description.Network;

    /// <summary>What the file takes and gives.</summary>
    public OnnxForm Form => _description.Form;

    /// <summary>Rows of the images that the file is fixed to; null when it takes any size.</summary>
    /// <remarks>Images of another size are resized before the network and the logits enlarged to the image's own size after it.</remarks>
    public int? Height => _description.Height;

    /// <summary>Columns of the images that the file is fixed to; null when it takes any size.</summary>
    public int? Width => _description.Width;

    /// <summary>The number format that the file computes in.</summary>
    public OnnxPrecision Precision => _description.Precision;

    /// <summary>The ONNX file.</summary>
    internal byte[] Bytes { get; }

    internal ModelDescription Description => _description;

    internal ScoringOptions Options { get; }

    /// <summary>Reads a model file, to run with the default options.</summary>
    /// <inheritdoc cref="Load(string, ScoringOptions)"/>
    public static SegmentationModel Load(string path) => Load(path, null);

    /// <summary>Reads a model file.</summary>
    /// <param name="path">An ONNX file written by this library.</param>
    /// <param name="options">How the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or one that another program wrote.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(string path, ScoringOptions? options)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FromBytes(File.ReadAllBytes(path), Path.GetFileName(path), options);
    }

    /// <summary>Reads a model from what is left of a stream, to run with the default options.</summary>
    /// <inheritdoc cref="Load(Stream, ScoringOptions)"/>
    public static SegmentationModel Load(Stream stream) => Load(stream, null);

    /// <summary>Reads a model from what is left of a stream.</summary>
    /// <param name="stream">Holds an ONNX file written by this library; stays open.</param>
    /// <param name="options">How the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The stream holds no ONNX model, or one that another program wrote.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(Stream stream, ScoringOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return FromBytes(copy.ToArray(), "stream", options);
    }

    /// <summary>Reads a model from the bytes of its file, to run with the default options.</summary>
    /// <inheritdoc cref="Load(ReadOnlySpan{byte}, ScoringOptions)"/>
    public static SegmentationModel Load(ReadOnlySpan<byte> bytes) => Load(bytes, null);

    /// <summary>Reads a model from the bytes of its file.</summary>
    /// <param name="bytes">An ONNX file written by this library; copied.</param>
    /// <param name="options">How the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, or one that another program wrote.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(ReadOnlySpan<byte> bytes, ScoringOptions? options) => FromBytes(bytes.ToArray(), "bytes", options);

    /// <summary>Takes over an ONNX file in memory; nobody writes to the array afterwards.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="options">How the model runs; null for the defaults.</param>
    internal static SegmentationModel FromBytes(byte[] bytes, string source, ScoringOptions? options = null)
    {
        options ??= new ScoringOptions();
        var session = OnnxSession.Open(bytes, source, options);
        try
        {
            var description = ModelDescription.FromMetadata(session.Metadata, $"Model '{source}'");
            session.Check(description);
            return new SegmentationModel(bytes, session, description, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Labels the pixels of an image file.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file, at least 32 pixels high and wide unless the model's size is fixed.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no image, is damaged, or is too small.</exception>
    public SegmentationMask Predict(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var image = ImageCodec.Decode(path, Enough(_once), rent: true);
        return Predict(image, Path.GetFileName(path));
    }

    /// <summary>Labels the pixels of an encoded image.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="InvalidDataException">The stream holds no image, a damaged one, or one that is too small.</exception>
    public SegmentationMask Predict(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var image = ImageCodec.Decode(stream, "stream", Enough(_once), rent: true);
        return Predict(image);
    }

    /// <summary>Labels the pixels of an encoded image.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="InvalidDataException">The bytes are no image, a damaged one, or one that is too small.</exception>
    public SegmentationMask Predict(ReadOnlySpan<byte> bytes)
    {
        using var image = ImageCodec.Decode(bytes, "bytes", Enough(_once), rent: true);
        return Predict(image);
    }

    /// <summary>Labels the pixels of a decoded image.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="InvalidDataException">The image is too small.</exception>
    public SegmentationMask Predict(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var pixels = MLImageConversion.ToPixels(image, rent: true);
        return Predict(pixels);
    }

    internal SegmentationMask Predict(PixelImage image, CancellationToken cancellation = default) => Predict(image, source: null, cancellation);

    /// <summary>Labels the pixels of a decoded image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">How messages name the image; null when it has no name.</param>
    /// <param name="cancellation">Stops the network between two operators.</param>
    internal SegmentationMask Predict(PixelImage image, string? source, CancellationToken cancellation = default) =>
        Predict(image, source, PredictionDetails.None, _once, cancellation).Mask;

    /// <summary>The logits as the file gives them, [K, h, w]: at the head's resolution or at the image's, by <see cref="Form"/>.</summary>
    internal (float[] Logits, int Height, int Width) RunLogits(PixelImage image, CancellationToken cancellation = default)
    {
        (float[], int, int) result = default;
        Run(image, source: null, (logits, height, width) => result = (logits.ToArray(), height, width), cancellation);
        return result;
    }

    /// <summary>Writes the ONNX file; it appears whole or not at all.</summary>
    /// <param name="path">Where; an existing file is replaced.</param>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, Bytes);
    }

    /// <summary>Opens the same model to run in another way.</summary>
    /// <param name="options">How it runs.</param>
    /// <returns>A model of its own, with its own copy of the weights in memory: dispose both.</returns>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public SegmentationModel WithOptions(ScoringOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SegmentationModel(Bytes, OnnxSession.Open(Bytes, Network, options), _description, options);
    }

    /// <summary>The same model for callers that score several images at once: one thread each, unless the options say otherwise.</summary>
    /// <remarks>A session's threads are fixed when it is opened. Its execution providers may be slow to set up or hold a GPU's memory: then there is one session.</remarks>
    internal SegmentationModel ForRows()
    {
        if (Options is { IntraOpThreads: not null } or { GpuDeviceId: not null } or { ConfigureSession: not null } || Environment.ProcessorCount == 1)
            return this;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _forRows ??= WithOptions(Options with { IntraOpThreads = 1 });
        }
    }

    /// <summary>Frees the native session once the running predictions have ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _forRows?.Dispose();
        }

        _session.Dispose();
    }

    private void Run(PixelImage image, string? source, OnnxSession.LogitsReader read, CancellationToken cancellation)
    {
        using var held = _session.Hold();
        RunHeld(image, source, read, cancellation);
    }

    /// <summary>One run of the network, for a caller that holds the session.</summary>
    internal void RunHeld(PixelImage image, string? source, OnnxSession.LogitsReader read, CancellationToken cancellation)
    {
        using var resized = ToInputSize(image, source);
        _session.Run(resized ?? image, _description, read, cancellation);
    }

    /// <summary>The image resized to what the file is fixed to, in rented memory; null when the network gets it as it is.</summary>
    /// <exception cref="InvalidDataException">The file takes any size, and the image is too small for the network.</exception>
    internal PixelImage? ToInputSize(PixelImage image, string? source)
    {
        if (Height is { } height && Width is { } width)
            return (image.Height, image.Width) == (height, width) ? null : Resampling.ResizeRented(image, height, width, ResamplingFilter.Bilinear);
        return image.Height >= _description.SmallestSide && image.Width >= _description.SmallestSide
            ? null
            : throw new InvalidDataException($"{(source is null ? "The image" : $"Image '{source}'")} is {image.Height} x {image.Width} pixels (height x width); {Network} needs at least {_description.SmallestSide} on each side. Enlarge it.");
    }
}
