// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The number format of the network's convolutions while training. Weights, loss and optimiser stay float32.</summary>
public enum TrainingPrecision
{
    /// <summary>On a GPU float16; on a processor bfloat16 where it has instructions for it, else float32.</summary>
    Auto,

    /// <summary>float32 throughout.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The number format's name is what the choice is about.")]
    Float32,

    /// <summary>bfloat16 where it is safe, as libtorch's autocast decides.</summary>
    BFloat16,

    /// <summary>float16 where it is safe, as libtorch's autocast decides, with a scaled loss. For GPUs: processors are slow at it.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The number format's name is what the choice is about.")]
    Float16,
}
