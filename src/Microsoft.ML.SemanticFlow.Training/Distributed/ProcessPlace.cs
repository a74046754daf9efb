// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>What the launcher of a process says of its place among others, before any of them has spoken.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Size">How many there are.</param>
/// <param name="IsOpenMpi">Whether Open MPI launched it; null where that does not show.</param>
internal readonly record struct ProcessPlace(int Rank, int Size, bool? IsOpenMpi)
{
    private static readonly (string Rank, string Size, bool? IsOpenMpi)[] _launchers =
    [
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", true), // Open MPI's mpirun
        ("PMI_RANK", "PMI_SIZE", false), // MPICH's and Intel's mpirun, and srun --mpi=pmi2
        ("PMIX_RANK", "SLURM_NTASKS", null), // srun --mpi=pmix: either MPI may be built for it
        ("RANK", "WORLD_SIZE", null), // what launchers of other frameworks set
    ];

    /// <summary>Reads the place from the environment; null for a process that was started alone.</summary>
    /// <param name="read">Reads a variable.</param>
    public static ProcessPlace? FromEnvironment(Func<string, string?> read)
    {
        foreach (var (rank, size, isOpenMpi) in _launchers)
        {
            if (Number(rank) is { } own && Number(size) is { } all && all > 1 && own < all)
                return new ProcessPlace(own, all, isOpenMpi);
        }

        return null;

        int? Number(string name) => int.TryParse(read(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
