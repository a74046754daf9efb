// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>A kind of residual block: how much wider its output is than its middle, and how one is built.</summary>
/// <param name="Expansion">Output channels for each channel of the middle.</param>
/// <param name="Create">A block from input channels, channels of the middle, stride and dilation.</param>
internal sealed record ResidualBlock(int Expansion, Func<int, int, int, int, Module<Tensor, Tensor>> Create)
{
    /// <summary>Two 3x3 convolutions.</summary>
    public static ResidualBlock Basic { get; } = new(Expansion: 1, (channels, width, stride, dilation) => new BasicBlock(channels, width, stride, dilation));

    /// <summary>A 3x3 convolution between two 1x1 convolutions.</summary>
    public static ResidualBlock Bottleneck { get; } = new(Expansion: 4, (channels, width, stride, dilation) => new Bottleneck(channels, width, stride, dilation));

    /// <summary>A row of blocks, the first of which changes stride and width.</summary>
    public Sequential Row(int channels, int width, int blocks, int stride, int dilation = 1) =>
        Sequential([.. Enumerable.Range(0, blocks).Select(i => i == 0
            ? Create(channels, width, stride, dilation)
            : Create(width * Expansion, width, 1, dilation))]);

    /// <summary>What is added to a block's output: a 1x1 convolution where the shape changes, nothing where the input itself will do.</summary>
    public static Sequential? Shortcut(int channels, int outputs, int stride) =>
        stride == 1 && channels == outputs ? null : ConvBnRelu.WithoutRelu(ConvBnRelu.Conv1x1(channels, outputs, stride));
}
