// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>ONNX Runtime's session over one of our files: the only place that knows it.</summary>
internal sealed class OnnxSession : IDisposable
{
    internal const string InputName = "image";
    internal const string OutputName = "logits";

    private static readonly string[] _inputNames = [InputName];
    private static readonly string[] _outputNames = [OutputName];

    private readonly InferenceSession _session;
    private readonly string _source;
    private readonly TimeSpan? _timeLimit;
    private int _uses = 1;                                  // the owner's and one for each run; the session goes with the last
    private int _disposed;

    private OnnxSession(InferenceSession session, string source, TimeSpan? timeLimit) => (_session, _source, _timeLimit) = (session, source, timeLimit);

    /// <summary>Reads the logits of one image, [K, h, w]; the span dies with the call.</summary>
    public delegate void LogitsReader(ReadOnlySpan<float> logits, int height, int width);

    /// <summary>Reads the values of an output; the span dies with the call.</summary>
    public delegate void ValuesReader(string name, ReadOnlySpan<float> values);

    public static OnnxSession Open(byte[] bytes, string source, ExecutionOptions options)
    {
        try
        {
            using var session = new SessionOptions
            {
                IntraOpNumThreads = options.IntraOpThreads ?? Environment.ProcessorCount,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,     // errors are thrown, and say what the log would
                EnableMemoryPattern = false,    // planning a run's memory keeps 25 MB a thread beside what the first run took, and is no faster
            };
            // Spinning costs a third to a half on a machine that does anything else.
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            if (options.GpuDeviceId is { } gpu && GpuExecution.Fault(session, gpu) is { } fault && !options.FallbackToCpu)
                throw new PlatformNotSupportedException(fault);
            options.ConfigureSession?.Invoke(session);
            var opened = new OnnxSession(new InferenceSession(bytes, session), source, options.TimeLimit);
            NativeHeap.Trim();
            return opened;
        }
        catch (OnnxRuntimeException inner)
        {
            throw OnnxProperties.NotAModel(source, inner);
        }
        catch (Exception inner) when (inner is DllNotFoundException or EntryPointNotFoundException
            || inner is TypeInitializationException { InnerException: DllNotFoundException or EntryPointNotFoundException })
        {
            throw new InvalidOperationException(
                "The native ONNX Runtime is missing or does not fit. Add the package Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu, to the application.", inner);
        }
    }

    /// <summary>Compares what the graph takes and gives with what the file says about itself.</summary>
    /// <exception cref="InvalidDataException">They disagree.</exception>
    public void Check(ModelDescription description)
    {
        bool scoring = description.Form == OnnxForm.Scoring;
        bool fits = _session.InputMetadata.Count == 1
            && _session.InputMetadata.TryGetValue(InputName, out var input)
            && input.IsTensor
            && input.ElementType == (scoring ? typeof(byte) : typeof(float))
            && input.Dimensions is { Length: 4 } taken
            && taken[0] is < 0 or 1
            && taken[scoring ? 3 : 1] == (scoring ? 4 : 3)
            && Takes(taken[scoring ? 1 : 2], description.Height)
            && Takes(taken[scoring ? 2 : 3], description.Width)
            && _session.OutputMetadata.TryGetValue(OutputName, out var output)
            && output.IsTensor
            && output.ElementType == typeof(float)
            && output.Dimensions is { Length: 4 } given
            && given[1] == description.Labels.ClassCount;
        if (!fits)
            throw new InvalidDataException(
                $"Model '{_source}' does not take and give what its metadata says (form {(scoring ? "scoring" : "logits")}, {description.Labels.ClassCount} classes, " +
                $"images of {(description.Height is null ? "any size" : $"{description.Height} x {description.Width}")}). Export it again.");

        // A free side is -1.
        static bool Takes(int side, int? stated) => side < 0 || side == stated;
    }

    /// <summary>Keeps the session alive until the result is disposed, whoever disposes the session meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed already.</exception>
    public Holder Hold()
    {
        Enter();
        return new Holder(this);
    }

    /// <summary>Scores one image of a size that the graph takes. The caller holds the session.</summary>
    /// <exception cref="InvalidDataException">The graph fails, or gives what are no scores of the image: no pointer is made of those.</exception>
    /// <exception cref="TimeoutException">The graph runs longer than the options allow.</exception>
    public void Run(PixelImage image, ModelDescription description, LogitsReader read, CancellationToken cancellation) =>
        Run(image, description, _outputNames, OutputName, description.Labels.ClassCount, read, cancellation);

    /// <summary>Reads one float32 output that is a map, [1, channels, h, w], for one image of a size that the graph takes. The caller holds the session.</summary>
    public void ReadMap(PixelImage image, ModelDescription description, string name, int channels, LogitsReader read, CancellationToken cancellation) =>
        Run(image, description, [name], name, channels, read, cancellation);

    /// <summary>Reads chosen float32 outputs for one image of a size that the graph takes. The caller holds the session.</summary>
    public void Read(PixelImage image, ModelDescription description, IReadOnlyList<string> names, ValuesReader read, CancellationToken cancellation) =>
        Run(image, description, names, outputs =>
        {
            for (int i = 0; i < names.Count; i++)
                read(names[i], Floats(outputs[i], names[i], out _));
        }, cancellation);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Leave();
    }

    private void Run(
        PixelImage image, ModelDescription description, IReadOnlyList<string> names, string name, int channels, LogitsReader read, CancellationToken cancellation) =>
        Run(image, description, names, outputs =>
        {
            var values = Floats(outputs[0], name, out long[] shape);
            // No network gives maps larger than its image; so whatever is made of them is in proportion to the image.
            if (shape is not [1, var given, var height, var width] || given != channels
                || height is < 1 || height > image.Height || width is < 1 || width > image.Width || values.Length != given * height * width)
            {
                throw new InvalidDataException(
                    $"Model '{_source}' gives {(name == OutputName ? "scores" : $"'{Excerpt.Of(name)}'")} of the shape [{string.Join(", ", shape)}] for an image of " +
                    $"{image.Height} x {image.Width} pixels (height x width); [1, {channels}, h, w] are due, with h and w from 1 to the image's. Export it again.");
            }

            read(values, (int)height, (int)width);
        }, cancellation);

    private void Run(PixelImage image, ModelDescription description, IReadOnlyList<string> names, Action<IReadOnlyList<OrtValue>> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (description.Form == OnnxForm.Scoring)
        {
            // Alpha tells a file in int8 what is inside of the image.
            using var opaque = description.Precision == OnnxPrecision.Int8 ? image.ToOpaque() : null;
            using var pixels = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, (opaque ?? image).Memory, [1, image.Height, image.Width, 4]);
            Run(pixels, image, names, read, cancellation);
            return;
        }

        int length = 3 * image.Height * image.Width;
        float[] values = ArrayPool<float>.Shared.Rent(length);
        try
        {
            description.Planes.ToPlanes(image.Bgra, values);
            using var planes = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(0, length), [1, 3, image.Height, image.Width]);
            Run(planes, image, names, read, cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private void Run(OrtValue input, PixelImage image, IReadOnlyList<string> names, Action<IReadOnlyList<OrtValue>> read, CancellationToken cancellation)
    {
        using var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var limit = _timeLimit is { } longest ? new CancellationTokenSource(longest) : null;
        using var stop = cancellation.Register(Terminate, options);
        using var end = (limit?.Token ?? CancellationToken.None).Register(Terminate, options);
        IDisposableReadOnlyCollection<OrtValue> outputs;
        try
        {
            outputs = _session.Run(options, _inputNames, [input], names);
        }
        catch (OnnxRuntimeException inner) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("Scoring was cancelled.", inner, cancellation);
        }
        catch (OnnxRuntimeException inner) when (limit is { IsCancellationRequested: true })
        {
            string seconds = _timeLimit!.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture); // there is a limit
            throw new TimeoutException(
                $"Model '{_source}' did not end within {seconds} s for an image of {image.Height} x {image.Width} pixels (height x width). " +
                "Raise ExecutionOptions.TimeLimit, or score smaller images.", inner);
        }
        catch (OnnxRuntimeException inner) when (inner.Message.Contains("llocat", StringComparison.Ordinal)) // the only sign: allocation, Failed to allocate, bad_alloc
        {
            throw new InsufficientMemoryException(
                $"There is no memory to run model '{_source}' on an image of {image.Height} x {image.Width} pixels (height x width). " +
                "Score smaller images, in tiles, or fewer at once.", inner);
        }
        catch (OnnxRuntimeException inner)
        {
            throw new InvalidDataException(
                $"Model '{_source}' fails on an image of {image.Height} x {image.Width} pixels (height x width): {Excerpt.Of(inner.Message).TrimEnd('.')}. " +
                "Export it again, or ask who made it which sizes it takes.", inner);
        }

        using (outputs)
            read(outputs);

        static void Terminate(object? run) => ((RunOptions)run!).Terminate = true; // registered with one
    }

    /// <summary>The values of an output, whatever the graph said that it would be.</summary>
    private ReadOnlySpan<float> Floats(OrtValue output, string name, out long[] shape)
    {
        if (!output.IsTensor || output.GetTensorTypeAndShape() is not { ElementDataType: TensorElementType.Float } type)
            throw new InvalidDataException($"Model '{_source}' gives something else than float32 numbers as '{Excerpt.Of(name)}'. Export it again.");
        shape = type.Shape;
        return type.ElementCount == 0 ? [] : output.GetTensorDataAsSpan<float>();
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(SegmentationModel));
        int uses = Volatile.Read(ref _uses);
        while (true)
        {
            ObjectDisposedException.ThrowIf(uses == 0, typeof(SegmentationModel));
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
                return;
            uses = seen;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            _session.Dispose();
    }

    /// <summary>One use of the session.</summary>
    public readonly struct Holder(OnnxSession session) : IDisposable
    {
        public void Dispose() => session.Leave();
    }
}
