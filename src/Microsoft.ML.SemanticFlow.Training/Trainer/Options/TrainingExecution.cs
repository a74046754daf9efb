// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How the arithmetic of a training run is done; nothing of it is compared when a run goes on.</summary>
/// <remarks><c>MLContext.GpuDeviceId</c> names the device.</remarks>
/// <example>
/// <code>
/// var training = options with { Execution = new TrainingExecution { Precision = TrainingPrecision.Float32, Threads = 2, CacheMegabytes = 512 } };
/// </code>
/// </example>
public record TrainingExecution
{
    /// <summary>The number format of the convolutions. Default <see cref="TrainingPrecision.Auto"/>.</summary>
    public TrainingPrecision Precision { get; init => field = Check.Defined(value); }

    /// <summary>Whether weights and features lie channels-last in memory; null does so together with the reduced formats.</summary>
    public bool? ChannelsLast { get; init; }

    /// <summary>Threads of the network's arithmetic; null uses every processor. The same value is needed for the same weights.</summary>
    public int? Threads { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>
    /// Threads that augment images ahead of the step, and as many that decode them where they are not kept in memory; null uses one less than there are processors, at least 1.
    /// </summary>
    public int? LoaderThreads { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>Decoded images and masks are kept in memory up to this many MiB; a larger set is read anew each epoch. Default 2048.</summary>
    public int CacheMegabytes { get; init => field = Check.AtLeast(value, 0); } = 2048;
}
