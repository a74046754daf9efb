// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>Every network of the table against the authors' implementation.</summary>
[TestClass]
public sealed class OriginalNetworksTests
{
    public static IEnumerable<object[]> Ids => OriginalNetwork.All.Select(network => new object[] { network.Id });

    public static IEnumerable<object[]> Deep => Ids.Where(row => DistinctNetworks.IsDeep((string)row[0]));

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void StateDict_EveryNetwork_HasTheOriginalsNamesAndShapes(string id)
    {
        var original = OriginalNetwork.Of(id);
        using var network = SegmentationNetworks.Get(id).Create(GoldenNetwork.Classes);

        var state = network.state_dict();
        string lines = string.Join('\n', state.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {string.Join(',', pair.Value.shape)}"));

        Assert.HasCount(original.GetProperty("entries").GetInt32(), state);
        Assert.AreEqual(original.GetProperty("aliases").GetInt32(), state.Count - state.DistinctBy(pair => pair.Value.Handle).Count());
        Assert.AreEqual(original.GetProperty("parameters").GetInt64(), network.parameters().Sum(parameter => parameter.numel()));
        Assert.AreEqual(original.GetProperty("state_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))));
    }

    // Of a deep network the size that no stride divides; its exported file is compared at the other.
    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Forward_EveryNetwork_GivesTheOriginalsLogits(string id) =>
        AssertLogits(id, OriginalNetwork.CasesOf(id).Where(expected => !DistinctNetworks.IsDeep(id) || expected.Height == 97));

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(Deep))]
    public void Forward_DeepNetworkInEveryCase_GivesTheOriginalsLogits(string id) => AssertLogits(id, OriginalNetwork.CasesOf(id));

    private static void AssertLogits(string id, IEnumerable<OriginalCase> cases)
    {
        foreach (var group in cases.GroupBy(expected => expected.Classes))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using var network = GoldenNetwork.Create(id, classes: group.Key);
            network.eval();
            foreach (var expected in group)
            {
                using var logits = network.call(GoldenNetwork.Images("input", expected.Batch, expected.Height, expected.Width));

                CollectionAssert.AreEqual(new long[] { expected.Batch, expected.Classes, expected.Height, expected.Width }, logits.shape);
                expected.AssertEqual(logits.data<float>().ToArray());
            }
        }
    }
}
