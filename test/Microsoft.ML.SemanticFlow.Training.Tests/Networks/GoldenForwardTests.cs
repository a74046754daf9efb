// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>Every network of the table that the original's outputs are known for, in evaluation mode on one image of 128x192.</summary>
[TestClass]
public sealed class GoldenForwardTests
{
    private const int Height = 128, Width = 192;

    private static readonly string[] _withLogits = ["sfnet-r18", "sfnet-dfv1", "sfnet-dfv1-dsn", "sfnet-lite-r18", "sfnet-lite-stdc1"];

    public static IEnumerable<object[]> Ids => _withLogits.Select(id => new object[] { id });

    public static IEnumerable<object[]> IdsWithManifest => Ids.Append(["sfnet-r18-dsn"]);

    [TestMethod]
    [DynamicData(nameof(IdsWithManifest))]
    public void StateDict_EqualsTheManifest(string id)
    {
        var manifest = GoldenNetwork.Manifest(id);
        using var network = SegmentationNetworks.Get(id).Create(GoldenNetwork.Classes);

        // TorchSharp lists all parameters before all buffers: each kind has the original's order.
        var state = network.state_dict();
        CollectionAssert.AreEquivalent(manifest.Select(e => e.GetProperty("name").GetString()).ToArray(), state.Keys.ToArray());
        CollectionAssert.AreEqual(Names(isParameter: true), network.named_parameters().Select(p => p.name).ToArray());
        CollectionAssert.AreEqual(Names(isParameter: false), network.named_buffers().Select(b => b.name).ToArray());
        foreach (var entry in manifest)
        {
            var tensor = state[entry.GetProperty("name").GetString()!];
            CollectionAssert.AreEqual(entry.GetProperty("shape").Integers().Select(s => (long)s).ToArray(), tensor.shape, entry.ToString());
            Assert.AreEqual(entry.GetProperty("dtype").GetString(), tensor.dtype == ScalarType.Int64 ? "int64" : "float32");
            if (AliasOf(entry) is { } first) Assert.AreEqual(state[first].Handle, tensor.Handle, entry.ToString());
            var (offset, scale) = GoldenFormula.Rule(AliasOf(entry) ?? entry.GetProperty("name").GetString()!, tensor.shape, state.ContainsKey);
            Assert.AreEqual((entry.GetProperty("offset").Number(), entry.GetProperty("scale").Number()), (offset, scale), entry.ToString());
        }

        Assert.AreEqual(GoldenData.Json("arch", id, "info.json").GetProperty("parameters_unique").GetInt64(), network.parameters().Sum(p => p.numel()));

        string[] Names(bool isParameter) =>
            [.. manifest.Where(e => AliasOf(e) is null && e.GetProperty("is_parameter").GetBoolean() == isParameter).Select(e => e.GetProperty("name").GetString()!)];

        static string? AliasOf(JsonElement entry) => entry.TryGetProperty("alias_of", out var first) ? first.GetString() : null;
    }

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Forward_OnTheInput_GivesTheOriginalsLogits(string id)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        double tolerance = Tolerance(id);
        using var network = GoldenNetwork.Create(id);
        network.eval();

        var logits = network.call(GoldenNetwork.Images("input", 1, Height, Width));

        CollectionAssert.AreEqual(new long[] { 1, GoldenNetwork.Classes, Height, Width }, logits.shape);
        GoldenNetwork.AssertClose(GoldenData.Floats("arch", id, "logits_128x192.s7.f32"), GoldenData.Thin<float>(logits.data<float>().ToArray()), tolerance, "logits");
        AssertSameClasses(GoldenData.Bytes("arch", id, "argmax_128x192.u8"), logits, margin: 2 * tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Forward_OnTheInput_GivesTheOriginalsFlowsAndFeatures(string id)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        double tolerance = Tolerance(id);
        using var network = GoldenNetwork.Create(id);
        network.eval();
        var features = Record(network);

        network.call(GoldenNetwork.Images("input", 1, Height, Width));

        var expected = GoldenData.Json("arch", id, "info.json").GetProperty("flows").EnumerateObject()
            .Concat(File.Exists(GoldenData.File("arch", id, "intermediates.json")) ? GoldenData.Json("arch", id, "intermediates.json").EnumerateObject() : [])
            .ToArray();
        Assert.IsNotEmpty(expected);
        foreach (var feature in expected)
        {
            string name = feature.Name == "head.out0" ? "head.conv_last" : feature.Name;
            var actual = features[name];
            CollectionAssert.AreEqual(feature.Value.GetProperty("shape").Integers().Select(s => (long)s).ToArray(), actual.shape, feature.Name);
            GoldenNetwork.AssertClose(
                GoldenData.Floats("arch", id, feature.Value.GetProperty("file").GetString()!), actual.data<float>().ToArray(), tolerance, feature.Name);
        }
    }

    /// <summary>What each module of a network gives, by its name; a backbone's levels as out0, out1, ....</summary>
    private static Dictionary<string, Tensor> Record(SegmentationNetwork network)
    {
        Dictionary<string, Tensor> outputs = [];
        foreach (var (name, module) in network.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> unary)
                unary.register_forward_hook((_, _, y) => { outputs[name] = y.clone().DetachFromDisposeScope(); return y; });
            else if (module is nn.Module<Tensor, Tensor, Tensor> binary)
                binary.register_forward_hook((_, _, _, y) => { outputs[name] = y.clone().DetachFromDisposeScope(); return y; });
            else if (module is nn.Module<Tensor, Tensor[]> pyramid)
                pyramid.register_forward_hook((_, _, levels) =>
                {
                    for (int i = 0; i < levels.Length; i++) outputs[$"{name}.out{i}"] = levels[i].clone().DetachFromDisposeScope();
                    return levels;
                });
        }

        return outputs;
    }

    /// <summary>Ten times what float32 itself costs the original against double.</summary>
    private static double Tolerance(string id) =>
        10 * GoldenData.Json("arch", id, "info.json").GetProperty("results").GetProperty("128x192").GetProperty("fp32_vs_fp64_max_abs").Number();

    private static void AssertSameClasses(byte[] expected, Tensor logits, double margin)
    {
        var (best, classes) = logits.topk(2, dim: 1);
        float[] scores = best.contiguous().data<float>().ToArray();
        long[] actual = classes.narrow(1, 0, 1).contiguous().data<long>().ToArray();
        int plane = expected.Length;
        int clear = Enumerable.Range(0, plane).Count(p => scores[p] - scores[plane + p] > margin);
        int[] wrong = [.. Enumerable.Range(0, plane).Where(p => scores[p] - scores[plane + p] > margin && actual[p] != expected[p])];

        Assert.IsEmpty(wrong, wrong.Length > 0 ? $"first at pixel {wrong[0]}: expected {expected[wrong[0]]}, got {actual[wrong[0]]}" : null);
        Assert.IsGreaterThan(plane * 99 / 100, clear);      // or the margin hides everything
    }
}
