// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Trainer;
using static TorchSharp.torch;
using Dropout2d = TorchSharp.Modules.Dropout2d;
using Parameter = TorchSharp.Modules.Parameter;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

/// <summary>Everything of the library that computes with tensors and numbers, at a tiny size, giving the same each time.</summary>
internal static class HeldScalars
{
    private const int Images = 2, Classes = 4, Height = 6, Width = 8, Channels = 32;

    private static readonly float[] _scores = Values(Images * Classes * Height * Width);
    private static readonly long[] _labels = [.. Enumerable.Range(0, Images * 2 * Height * 2 * Width).Select(i => i % 7 == 0 ? 255L : i / 5 % Classes)];

    private static readonly Dictionary<string, Func<Func<float[]>>> _works = new()
    {
        ["cross entropy"] = () => Loss(new CrossEntropy([1, 2, 3, 4])),
        ["cross entropy at the labels' size"] = () => AtFullSize(new CrossEntropy()),
        ["OHEM"] = () => Loss(new OhemCrossEntropy(threshold: 0.3, minKept: 40)),
        ["OHEM at the labels' size"] = () => AtFullSize(new OhemCrossEntropy(threshold: 0.3, minKept: 40)),
        ["focal"] = () => Loss(new FocalCrossEntropy(gamma: 2, [1, 2, 3, 4])),
        ["Dice"] = () => Loss(new SoftDice()),
        ["Lovász-softmax"] = () => Loss(new LovaszSoftmax()),
        ["weights of images"] = () => Loss(new ImageWeightedCrossEntropy()),
        ["relaxed at boundaries"] = () => Loss(new BoundaryRelaxedCrossEntropy { StrictClasses = [1] }),
        ["no longer relaxed"] = () => Loss(new BoundaryRelaxedCrossEntropy { Window = 3, RelaxedEpochs = 1 }.At(1)),
        ["weighted sum"] = () => Loss(new WeightedSum(new CrossEntropy(), new SoftDice(), weight: 0.5)),
        ["deep supervision"] = () => Loss(new DeepSupervision(new CrossEntropy(), weight: 0.4)),
        ["flow alignment"] = () => Part(new FlowAlignment(Channels, 4)),
        ["gate of maps"] = () => Part(new GatedDualFlowAlignment(Channels, 4, GateView.Maps)),
        ["gate of statistics"] = () => Part(new GatedDualFlowAlignment(Channels, 4, GateView.Statistics)),
        ["pyramid pooling"] = () => Part(new PyramidPooling(Channels, 4)),
        ["squeeze reasoning"] = () => Part(new SqueezeReasoning(Channels, Channels)),
        ["head"] = () => Part(SegmentationHead.Main(Channels, 4, Classes)),
        ["head with dropout"] = () => Part(SegmentationHead.WithDropout(Channels, 4, Classes)),
        ["basic block"] = () => Part(new BasicBlock(Channels, Channels, stride: 1, dilation: 1)),
        ["bottleneck"] = () => Part(new Bottleneck(Channels, 8, stride: 2, dilation: 1)),
        ["STDC block"] = () => Part(new StdcBlock(Channels, 8, isStrided: true)),
        ["SGD"] = () => Step(new Sgd { WeightDecay = 0.01 }),
        ["Adam"] = () => Step(new Adam { WeightDecay = 0.01 }),
        ["AdamW"] = () => Step(new AdamW { WeightDecay = 0.01 }),
        ["loss scale"] = Unscale,
        ["average of weights"] = Average,
    };

    /// <summary>What there is.</summary>
    public static IEnumerable<string> Names => _works.Keys;

    /// <summary>One of them: a call computes it once. Weights that it has are drawn here, and live in the caller's scope.</summary>
    public static Func<float[]> Work(string name) => _works[name]();

    private static Func<float[]> Loss(Criterion loss) => () => LossAndGradient(loss, [Images, Classes, Height, Width]);

    // Logits that are higher than the labels are not for the fused cross entropy.
    private static Func<float[]> AtFullSize(PixelCriterion loss) => () => LossAndGradient(loss, [Images, Classes, 4 * Height, Width / 4]);

    private static float[] LossAndGradient(Criterion criterion, long[] shape)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(_scores, shape).requires_grad_();
        var labels = tensor(_labels, [Images, 2 * Height, 2 * Width]);
        var loss = criterion.Compute(new NetworkOutput(logits, [logits, logits]), labels);
        loss.backward();
        return [loss.item<float>(), .. logits.grad!.data<float>().ToArray()];      // backward has just set it
    }

    private static Func<float[]> Part(nn.Module<Tensor, Tensor> part) => Part(part, x => part.call(x), []);

    // The high map is half as high and wide.
    private static Func<float[]> Part(nn.Module<Tensor, Tensor, Tensor> part)
    {
        var high = tensor(Values(Images * Channels * Height * Width / 4), [Images, Channels, Height / 2, Width / 2]);
        return Part(part, low => part.call(low, high), [high]);
    }

    private static Func<float[]> Part(nn.Module part, Func<Tensor, Tensor> call, Tensor[] others)
    {
        part.train();
        foreach (var dropout in part.modules().OfType<Dropout2d>())
            dropout.eval();
        float[] map = Values(Images * Channels * Height * Width);
        return () =>
        {
            using var scope = NewDisposeScope();
            GC.KeepAlive(others);
            var x = tensor(map, [Images, Channels, Height, Width]).requires_grad_();
            var y = call(x);
            y.sum().backward();
            return [.. y.flatten().data<float>().ToArray(), .. x.grad!.data<float>().ToArray()];      // backward has just set it
        };
    }

    private static Func<float[]> Step(TrainingOptimizer options) => () =>
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(Values(24), [4, 6]));
        using var optimizer = options.Create([("w", parameter)]);
        for (int i = 0; i < 3; i++)
        {
            parameter.grad = tensor(Values(24), [4, 6]);
            optimizer.Step(_ => 0.1);
        }

        return parameter.data<float>().ToArray();
    };

    private static Func<float[]> Unscale()
    {
        var scaler = new LossScaler();
        return () =>
        {
            using var scope = NewDisposeScope();
            var parameter = new Parameter(zeros(24)) { grad = tensor(Values(24)) };
            scaler.State.Value = 1024;
            scaler.Unscale([parameter]);
            return parameter.grad!.data<float>().ToArray();      // set above
        };
    }

    private static Func<float[]> Average()
    {
        var network = ConvBnRelu.Conv1x1(4, 6);
        return () =>
        {
            using var scope = NewDisposeScope();
            using var average = new WeightSnapshot();
            average.Take(network);
            average.MoveTowards(network, 0.25);
            return average.Weights["weight"].data<float>().ToArray();
        };
    }

    // Spread over [-2, 2], none equal to its neighbour.
    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => 2 * MathF.Sin(1.7f * i))];
}
