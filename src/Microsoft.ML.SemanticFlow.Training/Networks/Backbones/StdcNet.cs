// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Backbones;

/// <summary>STDC network: a stem of two strided convolutions, then three stages of dense concatenation.</summary>
/// <remarks>
/// Fan et al., CVPR 2021 (arXiv 2104.13188), "Network Architecture". Levels at strides 4, 8, 16, 32.
/// Upstream: the state dict holds every tensor under two names, of the row of all blocks and of the stage; and a classifier for ImageNet
/// that nothing calls.
/// </remarks>
internal sealed class StdcNet : Backbone
{
    private const int Width = 64, ImageNetClasses = 1000;

    private static readonly int[] _widths = [Width, 4 * Width, 8 * Width, 16 * Width];

    private readonly Sequential[] _stages;      // an array, so that only register_module names them

    /// <param name="blocks">Number of blocks of the stages at strides 8, 16 and 32.</param>
    private StdcNet(params int[] blocks) : base(nameof(StdcNet), _widths)
    {
        List<Module<Tensor, Tensor>> row = [new StdcConvolution(3, Width / 2, kernel: 3, stride: 2), new StdcConvolution(Width / 2, Width, kernel: 3, stride: 2)];
        List<int> ends = [1, 2];
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int channels = _widths[stage], outputs = _widths[stage + 1];
            for (int block = 0; block < blocks[stage]; block++)
                row.Add(new StdcBlock(block == 0 ? channels : outputs, outputs, isStrided: block == 0));
            ends.Add(row.Count);
        }

        register_module("features", Sequential([.. row]));
        int last = _widths[^1];
        register_module("conv_last", new StdcConvolution(last, last, kernel: 1, stride: 1));
        register_module("fc", Linear(last, last, hasBias: false));
        register_module("bn", new HeldBatchNorm1d(last));
        register_module("linear", Linear(last, ImageNetClasses, hasBias: false));
        _stages = [.. ends.Select(Stage)];

        Sequential Stage(int end, int index)
        {
            int start = index == 0 ? 0 : ends[index - 1];
            var stage = Sequential([.. Enumerable.Range(start, end - start).Select(i => ($"{i}", row[i]))]);
            register_module($"x{2 << index}", Sequential(stage));
            return stage;
        }
    }

    /// <summary>STDC1, also called STDCNet813.</summary>
    public static StdcNet V1() => new(2, 2, 2);

    /// <summary>STDC2, also called STDCNet1446.</summary>
    public static StdcNet V2() => new(4, 5, 3);

    public override bool IsInlined => false;

    public override Tensor[] forward(Tensor x)                                  // [N,3,H,W]
    {
        using var scope = NewDisposeScope();
        var pyramid = new Tensor[_stages.Length - 1];
        x = _stages[0].call(x);                                                 // [N,32,H/2,W/2]
        for (int i = 0; i < pyramid.Length; i++) pyramid[i] = x = _stages[i + 1].call(x);      // [N,64,H/4,W/4], [N,256,H/8,W/8], ...
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

    public override string? NameOf(string imageNetName) => imageNetName.Split('.', 2) switch
    {
        ["features" or "x2" or "x4" or "x8" or "x16" or "x32", _] => $"backbone.{imageNetName}",
        _ => null,
    };
}
