// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The number format that an exported ONNX file computes in.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The number formats' names are what the choice is about.")]
public enum OnnxPrecision
{
    /// <summary>float32 throughout: the labels of the trained network.</summary>
    Float32,

    /// <summary>float16 between the pixels and the scores, for GPUs. Half the size; a processor is not faster with it.</summary>
    Float16,

    /// <summary>Convolutions on bytes, and float32 where that disturbs the labels. A quarter of the size.</summary>
    Int8,
}
