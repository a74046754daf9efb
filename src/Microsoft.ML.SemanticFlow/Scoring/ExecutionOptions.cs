// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Where and how a <see cref="SegmentationModel"/> runs: device, threads, session. What it computes is in <see cref="InferenceOptions"/>.</summary>
/// <example>
/// <code>
/// // A service that many threads call: each image on one thread, and none longer than ten seconds.
/// var execution = new ExecutionOptions { IntraOpThreads = 1, TimeLimit = TimeSpan.FromSeconds(10) };
/// using var segmenter = SegmentationModel.Load("camvid.onnx", execution);
/// </code>
/// </example>
public sealed record ExecutionOptions
{
    /// <summary>
    /// Threads that share the work of one image, at least 1; null, the default, takes every core for one image at a time, and 1 where a pipeline scores several rows at once.
    /// </summary>
    /// <remarks>
    /// Every core is right for the latency of one image at a time. Many images score fastest with 1 and as many calling threads as
    /// cores: the model is thread-safe. With null, the model is opened a second time when a pipeline first scores several rows at once, and then
    /// holds its weights twice; not so on a GPU or with <see cref="ConfigureSession"/>.
    /// </remarks>
    public int? IntraOpThreads
    {
        get;
        init
        {
            if (value is { } threads)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(IntraOpThreads));
            field = value;
        }
    }

    /// <summary>Rows that a pipeline scores at once, each on its own thread, at least 1; null, the default, is one a core.</summary>
    /// <remarks>
    /// A cursor over the scored rows then decodes and scores the next rows while one is read, up to two for each thread, and gives them in their
    /// order. With 1, a row is scored when it is read. With null, rows whose probabilities of every class are asked for are not scored
    /// ahead either: each takes 4 K H W bytes. <c>Predict</c> is not concerned.
    /// </remarks>
    public int? MaxDegreeOfParallelism
    {
        get;
        init
        {
            if (value is { } rows)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    }

    /// <summary>Whether JPEG files are decoded at a half, a quarter or an eighth of their size where the network sees no more. Default false.</summary>
    /// <remarks>
    /// It holds for paths, streams and bytes given to <c>Predict</c>, when the model's size is fixed and not above the reduced one in both sides,
    /// and for one pass over the whole image. The mask still has the image's size. It saves decoding time and changes the pixels that the
    /// network sees a little, so a percent or so of the labels: compare before relying on it.
    /// </remarks>
    public bool ReducedDecoding { get; init; }

    /// <summary>How gray PNG files of 16 bits are read; null, the default, reads them as the model was trained.</summary>
    /// <remarks>It holds for paths, streams and bytes given to <c>Predict</c>: an <c>MLImage</c> has 8 bits already.</remarks>
    public Gray16? Gray16 { get; init; }

    /// <summary>The CUDA device to run on, counted from 0; null, the default, is that of the MLContext where there is one, else the processor.</summary>
    /// <remarks>It needs the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime.</remarks>
    public int? GpuDeviceId
    {
        get;
        init
        {
            if (value is { } device)
                ArgumentOutOfRangeException.ThrowIfNegative(device, nameof(GpuDeviceId));
            field = value;
        }
    }

    /// <summary>Whether the model runs on the processor where the GPU cannot be used. Default false: loading fails and says why.</summary>
    public bool FallbackToCpu { get; init; }

    /// <summary>The longest that one run of the network may take, above 0; null, the default, sets no limit.</summary>
    /// <remarks>
    /// An ONNX graph is a program, and one from a stranger need not end. A run that takes longer is stopped, between two operators or within a loop,
    /// with <see cref="TimeoutException"/>. The token that <c>Predict</c> takes stops a run in the same way.
    /// </remarks>
    public TimeSpan? TimeLimit
    {
        get;
        init
        {
            if (value is { } longest)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longest, TimeSpan.Zero, nameof(TimeLimit));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(longest, TimeSpan.FromMilliseconds(int.MaxValue), nameof(TimeLimit));
            }

            field = value;
        }
    }

    /// <summary>Called with the session's options before the model is loaded, to add execution providers such as TensorRT or to tune them.</summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    /// <summary>These options, on the GPU of an MLContext unless they name one themselves.</summary>
    internal static ExecutionOptions Of(IHostEnvironment environment, ExecutionOptions? execution)
    {
        execution ??= new ExecutionOptions();
        var (gpu, fallback) = MlNetInternals.DeviceOf(environment);
        return execution.GpuDeviceId is null && gpu is not null ? execution with { GpuDeviceId = gpu, FallbackToCpu = fallback } : execution;
    }
}
