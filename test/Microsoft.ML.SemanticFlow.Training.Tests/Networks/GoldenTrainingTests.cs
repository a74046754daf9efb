// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer.Optimizers;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>Outputs, statistics, gradients and SGD steps in training mode, against the original's.</summary>
/// <remarks>
/// Gradients and steps in double: in float32 a ReLU that switches on rounding moves a gradient by a hundredth. In 2x64x96 one pooling
/// branch has two values a channel for its batch norm, so steps after the first are chaos there; only outputs and first losses are compared.
/// </remarks>
[TestClass]
public sealed class GoldenTrainingTests
{
    // Both sides compute in double, but the warp's grid is float32 in both, and libtorch versions round linspace differently: four ways
    // of rounding it moved gradients of sfnet-lite-r18 by up to 2e-6. float32 itself is at 1e-5 in the middle, 1e-2 at worst.
    private const double OfGradients = 5e-6;

    // A step adds a thousandth of the gradient to a weight.
    private const double OfStates = 1e-7;

    [TestMethod]
    [DataRow("4x96x128", "sfnet-dfv1-dsn")]
    [DataRow("4x96x128", "sfnet-lite-r18")]
    [DataRow("2x64x96", "sfnet-dfv1-dsn")]
    [DataRow("2x64x96", "sfnet-lite-r18")]
    public void Predict_InTraining_GivesTheOriginalsOutputsAndStatistics(string configuration, string id)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var run = new GoldenTrainingRun(configuration, id);
        using var network = run.Network();

        var output = network.Predict(run.Images());

        var maps = run.Expected.GetProperty("head_output").EnumerateObject().ToArray();
        Assert.HasCount(maps.Length - 1, output.Auxiliary);
        foreach (var map in maps)
        {
            var actual = map.Name == "main" ? output.Main : output.Auxiliary[map.Name[^1] - '0'];
            var (values, shape, error) = run.HeadOutput(map.Value);
            CollectionAssert.AreEqual(shape, actual.shape);
            GoldenNetwork.AssertClose(values, actual.data<float>().ToArray(), 10 * error, map.Name);
        }

        var state = network.state_dict();
        foreach (var statistic in run.Expected.GetProperty("bn_after_one_forward").EnumerateObject())
            AssertSums(statistic.Value, state[statistic.Name], 1e-5, statistic.Name);      // float32
    }

    [TestMethod]
    [DataRow("sfnet-dfv1-dsn")]
    [DataRow("sfnet-lite-r18")]
    public void Backward_EveryCriterion_GivesTheOriginalsGradients(string id)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenTrainingRun("4x96x128", id);
        using var network = run.Network(ScalarType.Float64);
        var output = network.Predict(run.Images(ScalarType.Float64));
        var parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);

        foreach (string label in (string[])["label_A", "label_B"])
            foreach (var criterion in run.Expected.GetProperty(label).GetProperty("backward").EnumerateObject())
            {
                string what = $"{label} {criterion.Name}";
                var expected = criterion.Value.GetProperty("fp64");
                network.zero_grad();

                var loss = GoldenTrainingRun.Loss(minKept: criterion.Name.EndsWith("1000", StringComparison.Ordinal) ? 1000 : 100_000)
                    .Compute(output, run.Labels(label));
                autograd.backward([loss], retain_graph: true);

                Assert.AreEqual(expected.GetProperty("loss").Number(), loss.item<double>(), OfGradients, what);
                string[] zero = Names(criterion.Value, "parameters_with_true_gradient_zero");
                CollectionAssert.AreEqual(
                    Names(criterion.Value, "parameters_without_gradient"), parameters.Where(p => p.Value.grad is null).Select(p => p.Key).ToArray(), what);
                foreach (var gradient in expected.GetProperty("all_parameters").EnumerateObject().Where(g => g.Value.ValueKind == JsonValueKind.Object))
                {
                    var actual = parameters[gradient.Name].grad!;      // not null: checked above
                    if (zero.Contains(gradient.Name))
                        Assert.IsLessThan(1e-12, actual.abs().max().item<double>(), $"{what} {gradient.Name}");      // rounding of a sum that is 0
                    else
                        AssertSums(gradient.Value, actual, OfGradients, $"{what} {gradient.Name}");
                }

                foreach (var gradient in expected.GetProperty("named").EnumerateObject().Where(g => !zero.Contains(g.Name)))
                    AssertEntries(gradient.Value.GetProperty("entries"), parameters[gradient.Name].grad!, OfGradients, $"{what} {gradient.Name}");
            }
    }

    [TestMethod]
    [DataRow("sfnet-dfv1-dsn", "peer")]
    [DataRow("sfnet-dfv1-dsn", "usual")]
    [DataRow("sfnet-lite-r18", "peer")]
    [DataRow("sfnet-lite-r18", "usual")]
    public void ThreeSteps_OfSgdInDouble_GiveTheOriginalsState(string id, string schedule)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenTrainingRun("4x96x128", id);
        var expected = run.Expected.GetProperty("sgd3").GetProperty(schedule).GetProperty("fp64");
        using var network = run.Network(ScalarType.Float64);
        var initial = network.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().clone());

        double[] losses = ThreeSteps(run, network, expected.GetProperty("lr").Numbers(), ScalarType.Float64);

        AssertRelative(expected.GetProperty("loss").Numbers(), losses, OfStates);
        var state = network.state_dict();
        foreach (var tensor in expected.GetProperty("state").EnumerateObject())
        {
            AssertSums(tensor.Value, state[tensor.Name], OfStates, tensor.Name);
            AssertSums(tensor.Value, state[tensor.Name] - initial[tensor.Name], 1e-5, tensor.Name, "delta_");      // a difference keeps fewer digits
        }

        foreach (var tensor in expected.GetProperty("first_entries").EnumerateObject()) AssertEntries(tensor.Value, state[tensor.Name], OfStates, tensor.Name);
    }

    [TestMethod]
    [DataRow("4x96x128", "sfnet-dfv1-dsn", 3)]
    [DataRow("4x96x128", "sfnet-lite-r18", 3)]
    [DataRow("2x64x96", "sfnet-dfv1-dsn", 1)]
    [DataRow("2x64x96", "sfnet-lite-r18", 1)]
    public void Steps_OfSgdInFloat_GiveTheOriginalsLosses(string configuration, string id, int meaningful)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenTrainingRun(configuration, id);
        var expected = run.Expected.GetProperty("sgd3").GetProperty("usual").GetProperty("fp64");
        using var network = run.Network();

        double[] losses = ThreeSteps(run, network, expected.GetProperty("lr").Numbers()[..meaningful], ScalarType.Float32);

        AssertRelative(expected.GetProperty("loss").Numbers()[..meaningful], losses, 1e-4);      // what float32 keeps, the golden data's README
    }

    private static double[] ThreeSteps(GoldenTrainingRun run, SegmentationNetwork network, double[] rates, ScalarType precision)
    {
        var (images, labels, loss) = (run.Images(precision), run.Labels("label_A"), GoldenTrainingRun.Loss());
        using var optimizer = new SgdOptimizer([.. network.named_parameters()], momentum: 0.9, weightDecay: 1e-4);
        return [.. rates.Select(Step)];

        double Step(double rate)
        {
            using var scope = NewDisposeScope();
            optimizer.ForgetGradients();
            var value = loss.Compute(network.Predict(images), labels);
            value.backward();
            optimizer.Step(_ => rate);
            return value.to(ScalarType.Float64).item<double>();
        }
    }

    /// <summary>Sum, sum of magnitudes and, where stated, the largest magnitude; the tolerance is relative to the sum of magnitudes.</summary>
    private static void AssertSums(JsonElement expected, Tensor actual, double relative, string what, string prefix = "")
    {
        using var scope = NewDisposeScope();
        var values = actual.detach().to(ScalarType.Float64);
        double size = expected.GetProperty(prefix + "abs_sum").Number();
        double tolerance = relative * size + 1e-12;      // for tensors that do not change
        Assert.AreEqual(size, values.abs().sum().item<double>(), tolerance, $"{what}: {prefix}abs_sum");
        Assert.AreEqual(expected.GetProperty(prefix + "sum").Number(), values.sum().item<double>(), tolerance, $"{what}: {prefix}sum");
        if (expected.TryGetProperty("max_abs", out var largest))
            Assert.AreEqual(largest.Number(), values.abs().max().item<double>(), 5 * relative * largest.Number(), $"{what}: max_abs");
    }

    private static void AssertEntries(JsonElement expected, Tensor actual, double relative, string what)
    {
        using var scope = NewDisposeScope();
        double[] values = actual.detach().contiguous().data<double>().ToArray();
        double largest = values.Max(Math.Abs);
        foreach (var entry in expected.EnumerateObject())
            Assert.AreEqual(
                entry.Value.Number(), values[int.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture)], 5 * relative * largest, $"{what}[{entry.Name}]");
    }

    private static void AssertRelative(double[] expected, double[] actual, double relative)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i], relative * expected[i], $"loss before step {i + 1}");
    }

    private static string[] Names(JsonElement criterion, string list) => [.. criterion.GetProperty(list).EnumerateArray().Select(n => n.GetString()!)];
}
