// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>The bricks that every part is laid with: a convolution that keeps the size at stride 1, its batch norm, its ReLU.</summary>
/// <remarks>Plain sequences of stock layers, so that each layer's place is its name in the state dict.</remarks>
internal static class ConvBnRelu
{
    /// <summary>A 3x3 convolution, padded by its dilation.</summary>
    public static Conv2d Conv3x3(int channels, int width, int stride = 1, int dilation = 1, bool bias = false) =>
        Conv2d(channels, width, kernel_size: 3, stride: stride, padding: dilation, dilation: dilation, bias: bias);

    /// <summary>A 1x1 convolution.</summary>
    public static Conv2d Conv1x1(int channels, int width, int stride = 1, bool bias = false) =>
        Conv2d(channels, width, kernel_size: 1, stride: stride, bias: bias);

    /// <summary>A convolution, its batch norm and a ReLU: names 0, 1, 2.</summary>
    public static Sequential Of(Conv2d convolution) =>
        Sequential(convolution, new HeldBatchNorm2d(convolution.out_channels), ReLU(inplace: true));

    /// <summary>A convolution and its batch norm: names 0, 1.</summary>
    public static Sequential WithoutRelu(Conv2d convolution) =>
        Sequential(convolution, new HeldBatchNorm2d(convolution.out_channels));
}
