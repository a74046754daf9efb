// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>What turns features into class scores.</summary>
internal static class SegmentationHead
{
    /// <summary>The last two layers of an SFNet.</summary>
    public static Sequential Main(int channels, int width, int classes) =>
        Sequential(ConvBnRelu.Of(ConvBnRelu.Conv3x3(channels, width)), ConvBnRelu.Conv1x1(width, classes, bias: true));

    /// <summary>A classifier that drops channels while training: SRNet's, and those beside the main path for deep supervision.</summary>
    public static Sequential WithDropout(int channels, int width, int classes) =>
        Sequential(ConvBnRelu.Conv3x3(channels, width, bias: true), BatchNorm2d(width), ReLU(), Dropout2d(0.1),
            ConvBnRelu.Conv1x1(width, classes, bias: true));
}
