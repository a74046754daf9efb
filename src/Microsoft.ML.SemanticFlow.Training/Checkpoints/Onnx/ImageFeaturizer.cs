// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.Onnx;

/// <summary>The ResNet-18 for ImageNet in ML.NET's package Microsoft.ML.DnnImageFeaturizer.ResNet18, under the names that torchvision gives its parts.</summary>
/// <remarks>
/// The file was written by CNTK 2.6. Its image is blue, green, red from 0 to 255, less the mean; the networks' is red, green, blue, divided by 255, less
/// the mean, divided by the deviation. So the first convolution's input channels change places and are multiplied by 255 deviations. That makes
/// its outputs large; they and their norm's statistics are divided by <see cref="Scale"/>, which changes no feature, and keeps the kernel as large
/// as others, as weight decay and steps of one size expect.
/// </remarks>
internal sealed class ImageFeaturizer
{
    /// <summary>255 times the deviation of the red channel.</summary>
    public const double Scale = 58.395;

    private const string Producer = "CNTK";
    private const string FirstKernel = "conv1.weight", FirstMean = "bn1.running_mean", FirstVariance = "bn1.running_var";
    private const double Epsilon = 1e-5;

    private static readonly string[] _ofNorm = ["weight", "bias", "running_mean", "running_var"];

    private readonly Dictionary<string, string> _names = [];

    private ImageFeaturizer(GraphProto graph)
    {
        // Convolutions are listed as data flows, the shortcut of a stage's first block before the block's own.
        int stage = 1, convolutions = 0;
        foreach (var node in graph.Node.Where(node => node.OpType == "Conv"))
        {
            switch (node.Attribute.FirstOrDefault(attribute => attribute.Name == "kernel_shape")?.Ints.FirstOrDefault())
            {
                case 7:
                    Name(node, "conv1", "bn1");
                    break;
                case 1:
                    (stage, convolutions) = (stage + 1, 0);
                    Name(node, Of("downsample.0"), Of("downsample.1"));
                    break;
                default:
                    int half = (convolutions % 2) + 1;
                    Name(node, Of($"conv{half}"), Of($"bn{half}"));
                    convolutions++;
                    break;
            }
        }

        string Of(string part) => string.Create(CultureInfo.InvariantCulture, $"layer{stage}.{convolutions / 2}.{part}");

        void Name(NodeProto convolution, string kernel, string norm)
        {
            if (convolution.Input.Count > 1)
                _names[convolution.Input[1]] = kernel + ".weight";
            var next = graph.Node.FirstOrDefault(node => node.OpType == "BatchNormalization" && node.Input.FirstOrDefault() == convolution.Output.FirstOrDefault());
            foreach (var (part, input) in _ofNorm.Zip(next?.Input.Skip(1) ?? []))
                _names[input] = $"{norm}.{part}";
        }
    }

    /// <summary>Reads the names of a file's tensors; null where it is no such file.</summary>
    public static ImageFeaturizer? TryRead(ModelProto model) => model is { ProducerName: Producer, Graph: { } graph } ? new ImageFeaturizer(graph) : null;

    /// <summary>The name of a tensor, and how its values are made ours.</summary>
    public (string Name, Func<Tensor, Tensor>? Change) Translate(string name)
    {
        string known = _names.GetValueOrDefault(name, name);
        return (known, known switch
        {
            FirstKernel => OverNormalisedPixels,
            FirstMean => mean => mean.Times(1 / Scale),
            FirstVariance => Variance,
            _ => null,
        });
    }

    // [64, 3, 7, 7]. Another shape is left as it is, for the report to name.
    private static Tensor OverNormalisedPixels(Tensor kernel)
    {
        if (kernel.dim() != 4 || kernel.shape[1] != PixelNormalization.ImageNetStd.Count)
            return kernel.clone();
        using var factors = tensor(PixelNormalization.ImageNetStd.Select(std => 255 * std / (float)Scale).ToArray()).reshape(1, -1, 1, 1);
        using var reversed = kernel.flip(1);
        return reversed.mul(factors);
    }

    // The norm adds its epsilon to the variance: what it divides by is divided, so that the features are the same.
    private static Tensor Variance(Tensor variance)
    {
        using var scope = NewDisposeScope();
        return variance.clone().PlusInPlace(Epsilon).TimesInPlace(1 / (Scale * Scale)).PlusInPlace(-Epsilon).relu().MoveToOuterDisposeScope();
    }
}
