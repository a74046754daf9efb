// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>
/// Every network of the table against the authors' implementation, which was run with the same formulas for weights and images in
/// PyTorch 1.13: <c>Data/original-networks.json</c> holds the names and shapes of its state dict as a hash and some hundred logits of each case.
/// </summary>
[TestClass]
public sealed class OriginalNetworksTests
{
    private static readonly Lazy<JsonElement> _originals = new(() =>
    {
        using var document = JsonDocument.Parse(TestFiles.Bytes("original-networks.json"));
        return document.RootElement.Clone();
    });

    public static IEnumerable<object[]> Ids => SegmentationNetworks.All.Select(network => new object[] { network.Id });

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void StateDict_EveryNetwork_HasTheOriginalsNamesAndShapes(string id)
    {
        var original = _originals.Value.GetProperty(id);
        using var network = SegmentationNetworks.Get(id).Create(GoldenNetwork.Classes);

        var state = network.state_dict();
        string lines = string.Join('\n', state.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {string.Join(',', pair.Value.shape)}"));

        Assert.HasCount(original.GetProperty("entries").GetInt32(), state);
        Assert.AreEqual(original.GetProperty("aliases").GetInt32(), state.Count - state.DistinctBy(pair => pair.Value.Handle).Count());
        Assert.AreEqual(original.GetProperty("parameters").GetInt64(), network.parameters().Sum(parameter => parameter.numel()));
        Assert.AreEqual(original.GetProperty("state_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))));
    }

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Forward_EveryNetwork_GivesTheOriginalsLogits(string id)
    {
        foreach (var group in _originals.Value.GetProperty(id).GetProperty("cases").EnumerateArray().GroupBy(c => c.GetProperty("classes").GetInt32()))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using var network = GoldenNetwork.Create(id, classes: group.Key);
            network.eval();
            foreach (var expected in group)
            {
                int batch = expected.GetProperty("batch").GetInt32(), height = expected.GetProperty("height").GetInt32(), width = expected.GetProperty("width").GetInt32();
                int stride = expected.GetProperty("stride").GetInt32();

                using var logits = network.call(GoldenNetwork.Images("input", batch, height, width));

                float[] values = logits.data<float>().ToArray();
                CollectionAssert.AreEqual(new long[] { batch, group.Key, height, width }, logits.shape);
                float[] sample = [.. Enumerable.Range(0, (values.Length + stride - 1) / stride).Select(i => values[i * stride])];

                // Ten times what float32 costs the original itself.
                double tolerance = 10 * expected.GetProperty("float32_error").Number();
                GoldenNetwork.AssertClose([.. expected.GetProperty("logits").Numbers().Select(v => (float)v)], sample, tolerance, $"{id}, {batch} x {height} x {width}, {group.Key} classes");
            }
        }
    }
}
