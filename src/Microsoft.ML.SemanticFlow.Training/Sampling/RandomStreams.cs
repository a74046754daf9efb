// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>The random sources of a run, one for each purpose: they depend on its seed and on the place in the run, not on what was drawn before.</summary>
internal static class RandomStreams
{
    // Crops are numbered from 0, so other purposes lie below.
    private const int OrderPurpose = -1;
    private const int DropoutPurpose = -2;

    /// <summary>Decides which crops an epoch has, and their order.</summary>
    public static Random Order(int seed, int epoch) => Of(seed, epoch, OrderPurpose);

    /// <summary>Seeds libtorch's own source for an epoch, from which dropout draws.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="process">The process, from 0: each drops others.</param>
    public static Random Dropout(int seed, int epoch, int process) => Of(seed, epoch, DropoutPurpose - process);

    /// <summary>Decides how a crop varies.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="crop">The crop's place in the epoch, from 0.</param>
    public static Random Augmentation(int seed, int epoch, int crop) => Of(seed, epoch, crop);

    private static Random Of(int seed, int epoch, int purpose)
    {
        // SplitMix64 over the three numbers: neighbouring epochs and crops must not give related sources.
        ulong z = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)epoch * 0x9E3779B97F4A7C15) ^ ((ulong)(uint)purpose * 0xD1B54A32D192ED03);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)((z ^ (z >> 31)) & int.MaxValue));
    }
}
