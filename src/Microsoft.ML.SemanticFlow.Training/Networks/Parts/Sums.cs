// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Sums of tensors that hold while other threads allocate.</summary>
/// <remarks>
/// TorchSharp 0.107 makes a <see cref="Scalar"/> for the factor of every addition and does not keep it alive during the native call: a
/// collection that another thread causes at that moment frees it, and the sum fails or is wrong. These factors live as long as the process.
/// </remarks>
internal static class Sums
{
    private static readonly Scalar _one = 1;

    extension(Tensor tensor)
    {
        public Tensor Plus(Tensor other) => tensor.add(other, _one);

        public Tensor PlusInPlace(Tensor other) => tensor.add_(other, _one);

        /// <summary>1 - x.</summary>
        public Tensor Complement() => tensor.neg().add(_one, _one);
    }
}
