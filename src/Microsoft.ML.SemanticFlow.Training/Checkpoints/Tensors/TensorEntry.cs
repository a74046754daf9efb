// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>What a file of tensors says about one of them.</summary>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Type">Type of the elements.</param>
internal sealed record TensorEntry(IReadOnlyList<long> Shape, ScalarType Type);
