// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Backbones;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>An SFNet of some ten thousand weights, for tests of what happens around a network. Its checkpoints and ONNX files are small.</summary>
internal static class TinyNetwork
{
    public static SegmentationNetworkInfo Info { get; } = new("tiny", "SFNet on five convolutions", "none", classes => new SFNet(new TinyBackbone(), classes, width: 16));

    /// <summary>Levels at strides 8, 16 and 32.</summary>
    private sealed class TinyBackbone : Backbone
    {
        private const int Width = 16;

        private readonly Sequential _stem = Sequential(
            ConvBnRelu.Conv3x3(3, Width, stride: 2), new HeldBatchNorm2d(Width), ReLU(), ConvBnRelu.Conv3x3(Width, Width, stride: 2), new HeldBatchNorm2d(Width), ReLU());

        private readonly Sequential _fine = Stage();
        private readonly Sequential _middle = Stage();
        private readonly Sequential _coarse = Stage();

        public TinyBackbone() : base(nameof(TinyBackbone), [Width, Width, Width]) => RegisterComponents();

        public override bool IsInlined => false;

        public override string? NameOf(string imageNetName) => null;

        public override Tensor[] forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var fine = _fine.call(_stem.call(x));
            var middle = _middle.call(fine);
            Tensor[] pyramid = [fine, middle, _coarse.call(middle)];
            scope.MoveToOuter(pyramid);
            return pyramid;
        }

        public override OnnxValue[] Emit(GraphBuilder graph, OnnxValue image)
        {
            var fine = _fine.Emit(graph, _stem.Emit(graph, image));
            var middle = _middle.Emit(graph, fine);
            return [fine, middle, _coarse.Emit(graph, middle)];
        }

        private static Sequential Stage() => Sequential(ConvBnRelu.Conv3x3(Width, Width, stride: 2), new HeldBatchNorm2d(Width), ReLU());
    }
}
