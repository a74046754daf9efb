// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Onnx;

[TestClass]
public sealed class FlowValueTests
{
    [TestMethod]
    public void Find_PositionsOfAScaledTransposedFlow_IsTheFlow()
    {
        Assert.AreEqual("flow", FlowValue.Find(FlowModel.ToBytes()));
        Assert.IsNull(FlowValue.Find(BrightestChannelModel.ToBytes()));
    }

    // Of two that one Split gives it is the first; of two samplings the last counts.
    [TestMethod]
    public void Find_LastSamplingByTheSecondOfTwoFlows_IsTheFirstOfThem()
    {
        byte[] file = Model(
            Node("GridSample", ["x", "early"], "sampled"), Node("Split", ["both", "sizes"], "first", "second"), Node("Transpose", ["second"], "moved"),
            Node("Cast", ["moved"], "cast"), Node("Mul", ["cast", "step"], "steps"), Node("Add", ["grid", "steps"], "positions"), Node("GridSample", ["x", "positions"], "last"));

        Assert.AreEqual("first", FlowValue.Find(file));
    }

    // Graphs of strangers: positions from nowhere, in a circle, of another operator.
    [TestMethod]
    public void Find_PositionsThatComeFromNoFlow_IsNone()
    {
        Assert.IsNull(FlowValue.Find(Model(Node("GridSample", ["x", "constant"], "last"))));
        Assert.IsNull(FlowValue.Find(Model(Node("GridSample", ["x"], "last"))));
        Assert.IsNull(FlowValue.Find(Model(Node("Add", ["a", "a"], "a"), Node("GridSample", ["x", "a"], "last"))));
        Assert.IsNull(FlowValue.Find(Model(Node("Relu", ["y"], "positions"), Node("GridSample", ["x", "positions"], "last"))));
        Assert.IsNull(FlowValue.Find([]));
        Assert.IsNull(FlowValue.Find([0xFF, 0xFF]));
    }

    // Lengths above 127 take two bytes.
    [TestMethod]
    [DataRow(1)]
    [DataRow(300)]
    public void AsOutput_Name_IsAppendedAsAFloatOutputOfTheGraph(int length)
    {
        string name = new('n', length);
        var type = new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, 1));
        var expected = new ProtobufMessage().Add(7, new ProtobufMessage().Add(12, new ProtobufMessage().Add(1, name).Add(2, type)));

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }.Concat(expected.ToArray()).ToArray(), FlowValue.AsOutput([1, 2, 3], name));
    }

    private static byte[] Model(params ProtobufMessage[] nodes)
    {
        var graph = new ProtobufMessage();
        foreach (var node in nodes)
            graph.Add(1, node);
        return new ProtobufMessage().Add(1, 8).Add(7, graph).ToArray();
    }

    private static ProtobufMessage Node(string operation, string[] inputs, params string[] outputs)
    {
        var node = new ProtobufMessage();
        foreach (string input in inputs)
            node.Add(1, Encoding.UTF8.GetBytes(input));
        foreach (string output in outputs)
            node.Add(2, Encoding.UTF8.GetBytes(output));
        return node.Add(4, operation);
    }
}
