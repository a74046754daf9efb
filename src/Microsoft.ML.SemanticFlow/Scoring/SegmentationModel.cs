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
/// <example>
/// <code>
/// using var segmenter = SegmentationModel.Load("camvid.onnx");            // once; Predict may be called from any thread
/// SegmentationMask mask = segmenter.Predict("street.png");
/// mask.Save("street-mask.png");
/// Console.WriteLine(segmenter.Labels);                                    // prints CamVid (11 classes)
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The first parameter tells the overloads apart.")]
public sealed class SegmentationModel : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lazy<string?> _flowValue;
    private SegmentationModel? _forRows;
    private FlowScorer? _flow;
    private bool _disposed;

    private SegmentationModel(byte[] bytes, ImageScorer scorer, ExecutionOptions execution)
    {
        (Bytes, Scorer, Execution) = (bytes, scorer, execution);
        _flowValue = new Lazy<string?>(() => FlowValue.Find(bytes));
        Inference = scorer.Description is { Height: null, Scale: var scale } ? new() { Scales = [scale] } : new(); // at a fixed size there is nothing to scale
    }

    /// <summary>The class names and colours of what the model predicts.</summary>
    public LabelMap Labels => Scorer.Description.Labels;

    /// <summary>The id of the network, such as <c>sfnet-dfv1</c>.</summary>
    public string Network => Scorer.Description.Network;

    /// <summary>What the file takes and gives.</summary>
    public OnnxForm Form => Scorer.Description.Form;

    /// <summary>Who normalises the pixels that the file takes; in the form scoring it is the graph. Predictions come out the same.</summary>
    public OnnxNormalization Normalization => Scorer.Description.Normalization;

    /// <summary>Rows of the images that the file is fixed to; null when it takes any size.</summary>
    /// <remarks>Images of another size are resized before the network and the logits enlarged to the image's own size after it.</remarks>
    public int? Height => Scorer.Description.Height;

    /// <summary>Columns of the images that the file is fixed to; null when it takes any size.</summary>
    public int? Width => Scorer.Description.Width;

    /// <summary>
    /// The passes that a prediction takes unless it is told others: one over the whole image, at the scale for which the network was trained.
    /// </summary>
    public InferenceOptions Inference { get; }

    /// <summary>The number format that the file computes in.</summary>
    public OnnxPrecision Precision => Scorer.Description.Precision;

    /// <summary>
    /// How files of 16-bit gray images are read: as in training, unless <see cref="ExecutionOptions.Gray16"/> says otherwise.
    /// </summary>
    public Gray16 Gray16 => Execution.Gray16 ?? Scorer.Description.Gray16;

    /// <summary>Whether the network learned a flow field, which <see cref="PredictionDetails.Flow"/> asks for: SFNet and SFNet-Lite did, SRNet did not.</summary>
    public bool HasFlow => _flowValue.Value is not null;

    /// <summary>The ONNX file.</summary>
    internal byte[] Bytes { get; }

    internal ModelDescription Description => Scorer.Description;

    internal ImageScorer Scorer { get; }

    internal ExecutionOptions Execution { get; }

    /// <summary>Reads a model file.</summary>
    /// <param name="path">An ONNX file written by this library.</param>
    /// <param name="execution">Where and how the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, one that another program wrote, or one that is not what it says.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(string path, ExecutionOptions? execution = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FromBytes(RegularFile.ReadAllBytes(path), Path.GetFileName(path), execution);
    }

    /// <summary>Reads a model from what is left of a stream.</summary>
    /// <param name="stream">Holds an ONNX file written by this library; stays open.</param>
    /// <param name="execution">Where and how the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The stream holds no ONNX model, or one that another program wrote.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(Stream stream, ExecutionOptions? execution = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return FromBytes(copy.ToArray(), "stream", execution);
    }

    /// <summary>Reads a model from the bytes of its file.</summary>
    /// <param name="bytes">An ONNX file written by this library; copied.</param>
    /// <param name="execution">Where and how the model runs; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, or one that another program wrote.</exception>
    /// <exception cref="InvalidOperationException">The application brings no native ONNX Runtime.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public static SegmentationModel Load(ReadOnlySpan<byte> bytes, ExecutionOptions? execution = null) => FromBytes(bytes.ToArray(), "bytes", execution);

    /// <summary>Labels the pixels of an image file.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file, at least 32 pixels high and wide unless the model says otherwise.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no image, is damaged, or has a size that the passes cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    public SegmentationMask Predict(string path, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        PredictDetailed(path, PredictionDetails.None, inference, cancellationToken).Mask;

    /// <summary>Labels the pixels of an encoded image.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The stream holds no image, a damaged one, or one of a size that the passes cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    public SegmentationMask Predict(Stream stream, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        PredictDetailed(stream, PredictionDetails.None, inference, cancellationToken).Mask;

    /// <summary>Labels the pixels of an encoded image.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The bytes are no image, a damaged one, or one of a size that the passes cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    public SegmentationMask Predict(ReadOnlySpan<byte> bytes, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        PredictDetailed(bytes, PredictionDetails.None, inference, cancellationToken).Mask;

    /// <summary>Labels the pixels of a decoded image.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The image has a size that the passes cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    public SegmentationMask Predict(MLImage image, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        PredictDetailed(image, PredictionDetails.None, inference, cancellationToken).Mask;

    /// <summary>Labels the pixels of an image file, and gives what else is asked for.</summary>
    /// <param name="path">A PNG, JPEG, WebP, BMP or GIF file, at least 32 pixels high and wide unless the model says otherwise.</param>
    /// <param name="details">What to give besides the mask.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no image, is damaged, or has a size that the passes or the details cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    /// <exception cref="InvalidOperationException">The flow is asked for, and the network has none.</exception>
    public SegmentationPrediction PredictDetailed(string path, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Score(ImageCodec.Decode(path, Enough(details, inference), Rents(details), Gray16), Path.GetFileName(path), details, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image, and gives what else is asked for.</summary>
    /// <param name="stream">Holds one encoded image; stays open.</param>
    /// <param name="details">What to give besides the mask.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The stream holds no image, a damaged one, or one of a size that the passes or the details cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    /// <exception cref="InvalidOperationException">The flow is asked for, and the network has none.</exception>
    public SegmentationPrediction PredictDetailed(Stream stream, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Score(ImageCodec.Decode(stream, "stream", Enough(details, inference), Rents(details), Gray16), source: null, details, inference, cancellationToken);
    }

    /// <summary>Labels the pixels of an encoded image, and gives what else is asked for.</summary>
    /// <param name="bytes">One encoded image.</param>
    /// <param name="details">What to give besides the mask.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The bytes are no image, a damaged one, or one of a size that the passes or the details cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    /// <exception cref="InvalidOperationException">The flow is asked for, and the network has none.</exception>
    public SegmentationPrediction PredictDetailed(
        ReadOnlySpan<byte> bytes, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        Score(ImageCodec.Decode(bytes, "bytes", Enough(details, inference), Rents(details), Gray16), source: null, details, inference, cancellationToken);

    /// <summary>Labels the pixels of a decoded image, and gives what else is asked for.</summary>
    /// <param name="image">The image; it stays the caller's.</param>
    /// <param name="details">What to give besides the mask.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    /// <returns>A mask of the image's size, with the details.</returns>
    /// <exception cref="ArgumentException">The model's size is fixed, and the passes need another.</exception>
    /// <exception cref="InvalidDataException">The image has a size that the passes or the details cannot use; or the model fails.</exception>
    /// <exception cref="TimeoutException">The network ran longer than <see cref="ExecutionOptions.TimeLimit"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The network needs more memory than there is.</exception>
    /// <exception cref="InvalidOperationException">The flow is asked for, and the network has none.</exception>
    public SegmentationPrediction PredictDetailed(MLImage image, PredictionDetails details, InferenceOptions? inference = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Score(MLImageConversion.ToPixels(image, Rents(details)), source: null, details, inference, cancellationToken);
    }

    /// <summary>Writes the ONNX file; it appears whole or not at all.</summary>
    /// <param name="path">Where; an existing file is replaced.</param>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, Bytes);
    }

    /// <summary>Writes the ONNX file to a stream.</summary>
    /// <param name="stream">Takes the file; stays open.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public void Save(Stream stream)
    {
        OutputStream.Check(stream);
        stream.Write(Bytes);
    }

    /// <summary>Opens a second session over the same file, to run elsewhere or in another way.</summary>
    /// <param name="execution">Where and how it runs.</param>
    /// <returns>A model of its own, with its own copy of the weights in memory: dispose both.</returns>
    /// <exception cref="PlatformNotSupportedException">The GPU that the options name cannot be used.</exception>
    public SegmentationModel OpenSession(ExecutionOptions execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        return new SegmentationModel(Bytes, new ImageScorer(OnnxSession.Open(Bytes, Network, execution), Description), execution);
    }

    /// <summary>What it is, such as "sfnet-dfv1, form Scoring, Float32, any size, CamVid (11 classes)".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Network}, form {Form}, {Precision}, {(Height is null ? "any size" : $"{Height} x {Width} (height x width)")}, {Labels}";

    /// <summary>Frees the native session once the running predictions have ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _forRows?.Dispose();
            _flow?.Dispose();
        }

        Scorer.Dispose();
    }

    /// <summary>Takes over an ONNX file in memory; nobody writes to the array afterwards.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="execution">Where and how the model runs; null for the defaults.</param>
    internal static SegmentationModel FromBytes(byte[] bytes, string source, ExecutionOptions? execution = null)
    {
        execution ??= new ExecutionOptions();
        if (bytes.AsSpan().StartsWith("PK\x03\x04"u8))
            throw new InvalidDataException(
                $"Model '{source}' is a zip file, as ML.NET saves a whole pipeline, and not an ONNX file. " +
                "Load it with MLContext.Model.Load, or name the ONNX file that the training left in its run folder.");
        // First what the file says of itself: ONNX Runtime opens none that is not one of ours.
        var description = ModelDescription.FromFile(bytes, source);
        var session = OnnxSession.Open(bytes, source, execution);
        try
        {
            session.Check(description);
            return new SegmentationModel(bytes, new ImageScorer(session, description), execution);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Labels the pixels of a decoded image of this library's own kind, which stays the caller's.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">How messages name it; null when it has no name.</param>
    /// <param name="inference">The passes; null for <see cref="Inference"/>.</param>
    /// <param name="cancellationToken">Stops between tiles, and within the network.</param>
    internal SegmentationMask Predict(PixelImage image, string? source = null, InferenceOptions? inference = null, CancellationToken cancellationToken = default) =>
        Scorer.Score(image, source, PredictionDetails.None, inference ?? Inference, cancellationToken).Mask;

    /// <summary>The same model for callers that score several images at once: one thread each, unless the options say otherwise.</summary>
    /// <remarks>A session's threads are fixed when it is opened. Its execution providers may be slow to set up or hold a GPU's memory: then there is one session.</remarks>
    internal SegmentationModel ForRows()
    {
        if (Execution is { IntraOpThreads: not null } or { GpuDeviceId: not null } or { ConfigureSession: not null } || Environment.ProcessorCount == 1)
            return this;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _forRows ??= OpenSession(Execution with { IntraOpThreads = 1 });
        }
    }

    // A prediction that keeps its image keeps the memory too.
    private static bool Rents(PredictionDetails details) => !details.HasFlag(PredictionDetails.Image);

    private SegmentationPrediction Score(PixelImage decoded, string? source, PredictionDetails details, InferenceOptions? inference, CancellationToken cancellation)
    {
        using var image = decoded;
        var flow = details.HasFlag(PredictionDetails.Flow) ? Flow().Score(image, source, cancellation) : null;
        return Scorer.Score(image, source, details, inference ?? Inference, cancellation, flow);
    }

    // Opened when it is first asked for: most never do.
    private FlowScorer Flow()
    {
        string value = _flowValue.Value
            ?? throw new InvalidOperationException($"{Network} has no flow field. Ask without {nameof(PredictionDetails)}.{nameof(PredictionDetails.Flow)}, or use an SFNet.");
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _flow ??= FlowScorer.Open(Bytes, Description, value, Execution);
        }
    }

    // The size that a file's image may be decoded at: one pass sees no more than the model's fixed size.
    private (int Height, int Width)? Enough(PredictionDetails details, InferenceOptions? inference) =>
        Execution.ReducedDecoding && (inference ?? Inference).IsSinglePass && Rents(details) && Height is { } height && Width is { } width ? (height, width) : null;
}
