// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>Starting weights for training from scratch.</summary>
internal static class WeightInitialization
{
    /// <summary>He-normal weights, N(0, 2 / (k k width)), for every convolution that a batch norm follows.</summary>
    /// <remarks>
    /// He et al., ICCV 2015 (arXiv 1502.01852), fan-out form. All else keeps PyTorch's defaults: the convolutions that make flows, gates
    /// and class scores, so that flows and scores start small; biases; batch norms at scale 1, shift 0.
    /// </remarks>
    public static void HeNormal(SegmentationNetwork network)
    {
        // In registration order, as data flows, a convolution's norm is the next leaf. Some layers are registered twice.
        Module[] leaves = [.. Leaves(network).Distinct()];
        for (int i = 0; i + 1 < leaves.Length; i++)
        {
            if (leaves[i] is Conv2d { weight: { } weight } && leaves[i + 1] is HeldBatchNorm2d)
                init.kaiming_normal_(weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    private static IEnumerable<Module> Leaves(Module module) => module.children().DefaultIfEmpty().SelectMany(c => c is null ? [module] : Leaves(c));
}
