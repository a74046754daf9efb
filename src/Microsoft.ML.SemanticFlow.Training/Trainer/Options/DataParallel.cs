// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Distributed;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Several processes train one network, each on its own part of every batch: as many as MPI's <c>mpirun -n</c> or Slurm's <c>srun --mpi</c> started.</summary>
/// <remarks>
/// <para>
/// N processes with a batch size of B take the steps of one process with N · B, but for dropout and for <see cref="LovaszSoftmaxLoss"/>, which
/// ranks the pixels of each process for itself. The first process alone writes the run folder; each returns the same model from Fit.
/// </para>
/// <para>Every process needs the same options, and the same data in the same order, such as on a disk that all see.</para>
/// </remarks>
/// <example>
/// <code>
/// var training = options with { Execution = DataParallel.IsLaunched ? new DataParallel { ReduceGradients = true } : new TrainingExecution() };
/// </code>
/// </example>
public sealed record DataParallel : TrainingExecution
{
    /// <summary>Whether the statistics of all batch norms are those of all processes. Default true; false normalises each process's batch for itself.</summary>
    public bool SynchronizeBatchNorm { get; init; } = true;

    /// <summary>Gradients are summed in pieces of this many MiB, each as soon as it is computed. Default 4.</summary>
    public int BucketMegabytes { get; init => field = Check.AtLeast(value, 1); } = 4;

    /// <summary>Whether gradients travel in bfloat16, half the bytes, and are summed in float32. Default false: as they are.</summary>
    public bool ReduceGradients { get; init; }

    /// <summary>Whether this process was started together with others that train with it.</summary>
    /// <remarks>
    /// The launcher's variables tell: OMPI_COMM_WORLD_RANK and _SIZE (Open MPI), PMI_RANK and _SIZE (MPICH, Intel MPI, <c>srun --mpi=pmi2</c>), PMIX_RANK and
    /// SLURM_NTASKS (<c>srun --mpi=pmix</c>), RANK and WORLD_SIZE.
    /// </remarks>
    public static bool IsLaunched => Place is not null;

    /// <summary>The number of this process among those that train together, from 0; 0 for a process alone.</summary>
    public static int Rank => Place?.Rank ?? 0;

    private static ProcessPlace? Place => ProcessPlace.FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Makes a text in the first process and gives it to all: what only one may decide, such as a recipe that depends on measured times.</summary>
    /// <param name="make">Makes it; called in the first process alone, while the others wait.</param>
    /// <returns>The text, in every process.</returns>
    /// <exception cref="DllNotFoundException">There is no MPI library.</exception>
    /// <exception cref="PlatformNotSupportedException">The library finds other processes than the launcher started.</exception>
    public static string Share(Func<string> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return Encoding.UTF8.GetString(Processes.Share(() => Encoding.UTF8.GetBytes(make())));
    }

    /// <summary>The processes of a run; this one alone where the options or the launcher name no others.</summary>
    internal static Collective ProcessesOf(TrainingExecution execution) => execution is DataParallel ? Processes : SingleProcess.Instance;

    private static Collective Processes => Place is { } place ? MpiCollective.Join(place) : SingleProcess.Instance;
}
