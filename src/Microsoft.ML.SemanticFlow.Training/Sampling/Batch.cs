// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Crops with their labels, ready for the network; valid until the next is asked for.</summary>
/// <param name="Images">Normalised, float32 [N, 3, H, W].</param>
/// <param name="Labels">Train ids, int64 [N, H, W], 255 ignored.</param>
/// <param name="HasLabels">Whether any pixel counts.</param>
internal readonly record struct Batch(Tensor Images, Tensor Labels, bool HasLabels);
