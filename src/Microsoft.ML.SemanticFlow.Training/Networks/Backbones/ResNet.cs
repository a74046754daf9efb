// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Backbones;

/// <summary>ResNet with a stem of three 3x3 convolutions, dilated in its last two stages.</summary>
/// <remarks>
/// He et al., CVPR 2016 (arXiv 1512.03385), "Deep Residual Learning". Levels at strides 4, 8, 16, 32.
/// Upstream: the stages are dilated and still strided.
/// </remarks>
internal sealed class ResNet : Backbone
{
    private readonly Sequential[] _stages;      // an array, so that only register_module names them

    /// <summary>A row of blocks.</summary>
    private sealed record Stage(int Width, int Blocks, int Stride, int Dilation = 1);

    private ResNet(int stemWidth, params Stage[] stages) : base(nameof(ResNet), [.. stages.Select(s => s.Width)])
    {
        int channels = 2 * stemWidth;
        var stem = Sequential(
            Sequential(
                ConvBnRelu.Conv3x3(3, stemWidth, stride: 2), BatchNorm2d(stemWidth), ReLU(inplace: true),
                ConvBnRelu.Conv3x3(stemWidth, stemWidth), BatchNorm2d(stemWidth), ReLU(inplace: true),
                ConvBnRelu.Conv3x3(stemWidth, channels)),
            BatchNorm2d(channels), ReLU(inplace: true), MaxPool2d(3, stride: 2, padding: 1));
        register_module("layer0", stem);
        _stages = [stem, .. stages.Select(Build)];

        Sequential Build(Stage stage, int index)
        {
            var blocks = BasicBlock.Row(channels, stage.Width, stage.Blocks, stage.Stride, stage.Dilation);
            channels = stage.Width;
            register_module($"layer{index + 1}", blocks);
            return blocks;
        }
    }

    /// <summary>ResNet-18.</summary>
    public static ResNet Deep18() => new(
        stemWidth: 64,
        new(64, Blocks: 2, Stride: 1),
        new(128, Blocks: 2, Stride: 2),
        new(256, Blocks: 2, Stride: 2, Dilation: 2),
        new(512, Blocks: 2, Stride: 2, Dilation: 4));

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
}
