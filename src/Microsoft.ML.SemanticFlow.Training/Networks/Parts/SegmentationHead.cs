// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>What turns features into class scores.</summary>
internal static class SegmentationHead
{
    /// <summary>The last two layers of an SFNet.</summary>
    public static Sequential Main(int channels, int width, int classes) =>
        Sequential(ConvBnRelu.Of(ConvBnRelu.Conv3x3(channels, width)), ConvBnRelu.Conv1x1(width, classes, bias: true));

    /// <summary>Writes <see cref="Main"/> over the levels of a pyramid, of which all but the first are enlarged to its size.</summary>
    public static OnnxValue EmitMain(this Sequential main, GraphBuilder graph, IReadOnlyList<OnnxValue> levels)
    {
        var finest = levels[0];
        bool[] stays = [.. levels.Select(level => level != finest && graph.IsFasterSmall(level, finest))];
        if (!stays.Contains(true))
            return main.Emit(graph, graph.Concatenate([.. levels.Select(level => graph.ResizeLike(level, finest))]));

        Module[] layers = [.. main.children()], first = [.. ((Sequential)layers[0]).children()];
        var weights = ((Conv2d)first[0]).Folded((HeldBatchNorm2d)first[1]);
        int[] starts = [.. levels.Select((_, i) => levels.Take(i).Sum(level => level.Channels))];
        int[] Channels(int level) => [.. Enumerable.Range(starts[level], levels[level].Channels)];

        int[] enlarged = [.. Enumerable.Range(0, levels.Count).Where(level => !stays[level])];
        var sum = graph.Convolution(
            graph.Concatenate([.. enlarged.Select(level => graph.ResizeLike(levels[level], finest))]), weights.Seeing([.. enlarged.SelectMany(Channels)], withBias: true));
        for (int level = 0; level < levels.Count; level++)
        {
            if (stays[level])
                sum = graph.Add(sum, graph.ConvolutionOfEnlarged(levels[level], weights.Seeing(Channels(level), withBias: false), finest));
        }

        return ((Conv2d)layers[1]).Emit(graph, graph.Relu(sum));
    }

    /// <summary>A classifier that drops channels while training: SRNet's, and those beside the main path for deep supervision.</summary>
    public static Sequential WithDropout(int channels, int width, int classes) =>
        Sequential(ConvBnRelu.Conv3x3(channels, width, bias: true), new HeldBatchNorm2d(width), ReLU(), Dropout2d(0.1),
            ConvBnRelu.Conv1x1(width, classes, bias: true));
}
