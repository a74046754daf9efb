// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Convolutions on the processor whose channels do not fill whole blocks of 16: flows, gates, class scores.</summary>
/// <remarks>
/// libtorch 2.10's oneDNN moves channels into blocks of 8 or 16 and was seen to leave what a block lacks unset: gradients of a flow's or a gate's
/// input then hold whatever the memory held before, in the end NaN. So the missing channels are added here, all zeros, and dropped again; they
/// change nothing but rounding, and these layers are small. Layers with whole blocks are called as they are, and so are all where nothing but
/// float32's results is asked for, which were right.
/// </remarks>
internal static class AlignedConvolution
{
    private const int Block = 16;

    private static bool IsNeeded => is_grad_enabled() || MixedPrecision.IsOn;

    /// <summary>Calls a convolution without groups.</summary>
    public static Tensor CallAligned(this Conv2d convolution, Tensor x)
    {
        long missingInputs = Missing(convolution.in_channels), missingOutputs = Missing(convolution.out_channels);
        if (!IsNeeded || (missingInputs == 0 && missingOutputs == 0) || x.device.type != DeviceType.CPU)
            return convolution.call(x);

        using var scope = NewDisposeScope();
        var weight = functional.pad(convolution.weight, [0, 0, 0, 0, 0, missingInputs, 0, missingOutputs]);
        var bias = convolution.bias is { } own ? functional.pad(own, [0, missingOutputs]) : null;
        var whole = missingInputs == 0 ? x : functional.pad(x, [0, 0, 0, 0, 0, missingInputs]);
        return functional.conv2d(whole, weight, bias, convolution.stride, convolution.padding, convolution.dilation)
            .narrow(1, 0, convolution.out_channels).MoveToOuterDisposeScope();
    }

    /// <summary>Calls layers one after another, the convolutions among them by <see cref="CallAligned(Conv2d, Tensor)"/>.</summary>
    public static Tensor CallAligned(this Sequential layers, Tensor x)
    {
        if (!IsNeeded)
            return layers.call(x);
        foreach (var layer in layers.children())
        {
            x = layer switch
            {
                Conv2d convolution => convolution.CallAligned(x),
                Sequential inner => inner.CallAligned(x),
                _ => ((Module<Tensor, Tensor>)layer).call(x),
            };
        }

        return x;
    }

    private static long Missing(long channels) => (Block - (channels % Block)) % Block;
}
