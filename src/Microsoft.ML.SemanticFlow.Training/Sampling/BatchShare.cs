// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>What one of several processes has of each batch: as many crops as the others, one after the other.</summary>
/// <param name="Size">Crops of a process in a batch.</param>
/// <param name="Process">Which process, from 0.</param>
/// <param name="Processes">How many there are.</param>
internal readonly record struct BatchShare(int Size, int Process = 0, int Processes = 1)
{
    /// <summary>Whether there is no other process.</summary>
    public bool IsWhole => Processes == 1;

    /// <summary>Crops of a batch of all processes together.</summary>
    public int SizeOfAll => checked(Size * Processes);

    /// <summary>Whether a crop is this process's.</summary>
    /// <param name="place">Its place among the crops of all processes, from 0.</param>
    public bool Takes(long place) => place / Size % Processes == Process;

    /// <summary>The place among the crops of all processes.</summary>
    /// <param name="own">The place among those of this process.</param>
    public int PlaceOf(int own) => checked(own / Size * SizeOfAll + Process * Size + own % Size);
}
