// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>The order of a tensor's values in memory. Channels last, a pixel's channels lie together, which convolutions on a CPU run faster on.</summary>
/// <remarks>The shape stays [N, C, H, W]; only strides change. A module is fastest when its weights and its input are both so.</remarks>
internal static class MemoryLayout
{
    /// <summary>The same values, channels last.</summary>
    public static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>Turns every weight with four dimensions to channels last, in place.</summary>
    public static void ToChannelsLast(Module module) => Rearrange(module, ChannelsLast);

    /// <summary>Turns every weight back to the usual order, in place. Saving a module needs it: TorchSharp refuses other orders.</summary>
    public static void ToContiguous(Module module) => Rearrange(module, t => t.contiguous());

    private static void Rearrange(Module module, Func<Tensor, Tensor> rearrange)
    {
        using var noGradient = no_grad();
        foreach (var parameter in module.parameters().Where(p => p.dim() == 4))
        {
            using var scope = NewDisposeScope();
            parameter.set_(rearrange(parameter));
        }
    }
}
