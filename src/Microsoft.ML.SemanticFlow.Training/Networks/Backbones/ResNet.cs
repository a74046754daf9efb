// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Backbones;

/// <summary>ResNet: the authors' with a stem of three 3x3 convolutions and dilation in its last two stages, or the paper's.</summary>
/// <remarks>
/// He et al., CVPR 2016 (arXiv 1512.03385), "Deep Residual Learning". Levels at strides 4, 8, 16, 32, or 4, 8, 8, 8.
/// Upstream: the stages are dilated also where they keep their stride.
/// </remarks>
internal sealed class ResNet : Backbone
{
    private const int StemWidth = 64;

    private static readonly int[] _widths = [64, 128, 256, 512];
    private static readonly int[] _strides = [1, 2, 2, 2];
    private static readonly int[] _dilated = [1, 1, 2, 4];
    private static readonly int[] _undilated = [1, 1, 1, 1];

    private readonly Sequential[] _stages;      // an array, so that only register_module names them

    /// <param name="stem">The first convolution, or a few.</param>
    /// <param name="channels">That the stem gives.</param>
    /// <param name="block">Kind of the blocks.</param>
    /// <param name="blocks">Number of blocks of each stage.</param>
    /// <param name="strides">Of each stage.</param>
    /// <param name="dilations">Of each stage.</param>
    private ResNet(Module<Tensor, Tensor> stem, int channels, ResidualBlock block, int[] blocks, int[] strides, int[] dilations)
        : base(nameof(ResNet), [.. _widths.Select(width => width * block.Expansion)])
    {
        var first = Sequential(stem, new HeldBatchNorm2d(channels), ReLU(inplace: true), MaxPool2d(3, stride: 2, padding: 1));
        register_module("layer0", first);
        _stages = [first, .. _widths.Select(Build)];

        Sequential Build(int width, int index)
        {
            var stage = block.Row(channels, width, blocks[index], strides[index], dilations[index]);
            channels = width * block.Expansion;
            register_module($"layer{index + 1}", stage);
            return stage;
        }
    }

    /// <summary>The authors' ResNet-18.</summary>
    public static ResNet Deep18() => Deep(ResidualBlock.Basic, [2, 2, 2, 2]);

    /// <summary>The authors' ResNet-50.</summary>
    /// <param name="outputStride">Of the last stage: 32, or 8, where dilation takes the place of the last two strides.</param>
    public static ResNet Deep50(int outputStride = 32) => Deep(ResidualBlock.Bottleneck, [3, 4, 6, 3], outputStride);

    /// <summary>The authors' ResNet-101.</summary>
    /// <param name="outputStride">Of the last stage: 32, or 8, where dilation takes the place of the last two strides.</param>
    public static ResNet Deep101(int outputStride = 32) => Deep(ResidualBlock.Bottleneck, [3, 4, 23, 3], outputStride);

    /// <summary>The ResNet-18 of ML.NET's image featurizer: one block more in the last stage than the paper's.</summary>
    public static ResNet Featurizer18() => Plain(ResidualBlock.Basic, [2, 2, 2, 3]);

    /// <summary>The paper's ResNet-18, as torchvision has it.</summary>
    public static ResNet Plain18() => Plain(ResidualBlock.Basic, [2, 2, 2, 2]);

    /// <summary>The paper's ResNet-34, as torchvision has it.</summary>
    public static ResNet Plain34() => Plain(ResidualBlock.Basic, [3, 4, 6, 3]);

    /// <summary>The paper's ResNet-50, as torchvision has it: with the stride in the 3x3 convolution.</summary>
    public static ResNet Plain50() => Plain(ResidualBlock.Bottleneck, [3, 4, 6, 3]);

    /// <summary>The paper's ResNet-101, as torchvision has it: with the stride in the 3x3 convolution.</summary>
    public static ResNet Plain101() => Plain(ResidualBlock.Bottleneck, [3, 4, 23, 3]);

    public override bool IsInlined => true;

    public override Tensor[] forward(Tensor x)                                  // [N,3,H,W]
    {
        using var scope = NewDisposeScope();
        var pyramid = new Tensor[_stages.Length - 1];
        x = _stages[0].call(x);                                                 // [N,128,H/4,W/4]
        for (int i = 0; i < pyramid.Length; i++) pyramid[i] = x = _stages[i + 1].call(x);      // [N,64,H/4,W/4], [N,128,H/8,W/8], ...
        scope.MoveToOuter(pyramid);
        return pyramid;
    }

    public override OnnxValue[] Emit(GraphBuilder graph, OnnxValue image)
    {
        var pyramid = new OnnxValue[_stages.Length - 1];
        var x = _stages[0].Emit(graph, image);
        for (int i = 0; i < pyramid.Length; i++) pyramid[i] = x = _stages[i + 1].Emit(graph, x);
        return pyramid;
    }

    // The networks hold the stem's parts in a sequence, the file by their own names.
    public override string? NameOf(string imageNetName) => imageNetName.Split('.', 2) switch
    {
        ["conv1", var rest] => $"layer0.0.{rest}",
        ["bn1", var rest] => $"layer0.1.{rest}",
        ["layer1" or "layer2" or "layer3" or "layer4", _] => imageNetName,
        _ => null,
    };

    private static ResNet Deep(ResidualBlock block, int[] blocks, int outputStride = 32)
    {
        const int Channels = 2 * StemWidth;
        var stem = Sequential(
            ConvBnRelu.Conv3x3(3, StemWidth, stride: 2), new HeldBatchNorm2d(StemWidth), ReLU(inplace: true),
            ConvBnRelu.Conv3x3(StemWidth, StemWidth), new HeldBatchNorm2d(StemWidth), ReLU(inplace: true),
            ConvBnRelu.Conv3x3(StemWidth, Channels));
        return new ResNet(stem, Channels, block, blocks, outputStride == 8 ? [1, 2, 1, 1] : _strides, _dilated);
    }

    private static ResNet Plain(ResidualBlock block, int[] blocks) =>
        new(Conv2d(3, StemWidth, kernel_size: 7, stride: 2, padding: 3, bias: false), StemWidth, block, blocks, _strides, _undilated);
}
