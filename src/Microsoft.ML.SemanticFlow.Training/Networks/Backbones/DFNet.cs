// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Backbones;

/// <summary>DFNet: residual stages whose widths and depths were searched for speed against accuracy.</summary>
/// <remarks>Li et al., CVPR 2019 (arXiv 1903.03777), "Partial Order Pruning".</remarks>
internal sealed class DFNet : Backbone
{
    private readonly Sequential[] _stages;      // an array, so that only register_module names them
    private readonly bool[] _tapped;

    /// <summary>A row of blocks.</summary>
    /// <param name="Name">In the state dict.</param>
    /// <param name="Width">Channels.</param>
    /// <param name="Blocks">Number of blocks.</param>
    /// <param name="Stride">Of the first block.</param>
    /// <param name="IsTapped">Whether the output is a level of the pyramid.</param>
    private sealed record Stage(string Name, int Width, int Blocks, int Stride, bool IsTapped = false);

    private DFNet(int stemWidth, params Stage[] stages) : base(nameof(DFNet), [.. stages.Where(s => s.IsTapped).Select(s => s.Width)])
    {
        int channels = 2 * stemWidth;
        var stem = Sequential(
            ConvBnRelu.Conv3x3(3, stemWidth, stride: 2), new HeldBatchNorm2d(stemWidth), ReLU(inplace: true),
            ConvBnRelu.Conv3x3(stemWidth, channels, stride: 2), new HeldBatchNorm2d(channels), ReLU(inplace: true));
        register_module("stage1", stem);
        _stages = [stem, .. stages.Select(Build)];
        _tapped = [false, .. stages.Select(s => s.IsTapped)];

        Sequential Build(Stage stage)
        {
            var blocks = ResidualBlock.Basic.Row(channels, stage.Width, stage.Blocks, stage.Stride);
            channels = stage.Width;
            register_module(stage.Name, blocks);
            return blocks;
        }
    }

    /// <summary>DFNet-v1. Levels at strides 16, 32, 32.</summary>
    public static DFNet V1() => new(
        stemWidth: 32,
        new("stage2", 64, Blocks: 3, Stride: 2),
        new("stage3", 128, Blocks: 3, Stride: 2, IsTapped: true),
        new("stage4", 256, Blocks: 3, Stride: 2, IsTapped: true),
        new("stage5", 512, Blocks: 1, Stride: 1, IsTapped: true));

    /// <summary>DFNet-v2. Levels at strides 8, 16, 32.</summary>
    public static DFNet V2() => new(
        stemWidth: 32,
        new("stage2_1", 64, Blocks: 2, Stride: 2),
        new("stage2_2", 128, Blocks: 1, Stride: 1, IsTapped: true),
        new("stage3_1", 128, Blocks: 10, Stride: 2),
        new("stage3_2", 256, Blocks: 1, Stride: 1, IsTapped: true),
        new("stage4_1", 256, Blocks: 4, Stride: 2),
        new("stage4_2", 512, Blocks: 2, Stride: 1, IsTapped: true));

    public override bool IsInlined => false;

    public override Tensor[] forward(Tensor x)                                  // [N,3,H,W]
    {
        using var scope = NewDisposeScope();
        List<Tensor> pyramid = [];
        for (int i = 0; i < _stages.Length; i++)
        {
            x = _stages[i].call(x);                                             // stage1: [N,64,H/4,W/4], then [N,c,H/8,W/8], ...
            if (_tapped[i]) pyramid.Add(x);
        }

        scope.MoveToOuter(pyramid);
        return [.. pyramid];
    }

    public override OnnxValue[] Emit(GraphBuilder graph, OnnxValue image)
    {
        var x = image;
        List<OnnxValue> pyramid = [];
        for (int i = 0; i < _stages.Length; i++)
        {
            x = _stages[i].Emit(graph, x);
            if (_tapped[i]) pyramid.Add(x);
        }

        return [.. pyramid];
    }

    public override string? NameOf(string imageNetName) => imageNetName.StartsWith("stage", StringComparison.Ordinal) ? $"backbone.{imageNetName}" : null;
}
