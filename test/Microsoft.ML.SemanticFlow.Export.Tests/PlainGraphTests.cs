// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

/// <summary>Every network's graph as the exporter rewrites it, against the plain one in which each layer stands by itself.</summary>
[TestClass]
public sealed class PlainGraphTests
{
    // The first divides by no stride; the second leaves one row of features.
    private static readonly (int Height, int Width)[] _sizes = [(97, 161), (32, 160)];

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Shallow), typeof(DistinctNetworks))]
    public void Emit_FixedAndFreeSizes_EqualsThePlainGraph(string id) => AssertEqualsThePlainGraph(id);

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(DistinctNetworks.Deep), typeof(DistinctNetworks))]
    public void Emit_DeepNetworkAtFixedAndFreeSizes_EqualsThePlainGraph(string id) => AssertEqualsThePlainGraph(id);

    private static void AssertEqualsThePlainGraph(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var plain = Open(network, isPlain: true);
        using var free = Open(network, isPlain: false);

        foreach (var (height, width) in _sizes)
        {
            float[] image = GoldenFormula.Normalised(GoldenFormula.Images("input", 1, height, width), 1, height, width);
            using var still = Open(network, isPlain: false, height, width);
            float[] expected = Run(plain, image, height, width);

            // float32 summed in another order through some twenty layers, or a hundred.
            double tolerance = (id.EndsWith("-r101", StringComparison.Ordinal) ? 5e-4 : 1e-4) * (expected.Max() - expected.Min());
            GoldenNetwork.AssertClose(expected, Run(free, image, height, width), tolerance, $"any size at {height} x {width}");
            GoldenNetwork.AssertClose(expected, Run(still, image, height, width), tolerance, $"fixed {height} x {width}");
        }
    }

    private static InferenceSession Open(SegmentationNetwork network, bool isPlain, int? height = null, int? width = null)
    {
        var graph = new GraphBuilder(isPlain: isPlain);
        graph.Output(network.Emit(graph, graph.NormalisedInput("image", channels: 3, height, width)), "logits", atImageSize: false);
        using var oneThread = new SessionOptions { IntraOpNumThreads = 1 };      // more wait for each other by spinning, which tests beside this one pay for
        return new InferenceSession(graph.ToBytes(new Dictionary<string, string>()), oneThread);
    }

    private static float[] Run(InferenceSession session, float[] image, int height, int width)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(image, [1, 3, height, width]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
