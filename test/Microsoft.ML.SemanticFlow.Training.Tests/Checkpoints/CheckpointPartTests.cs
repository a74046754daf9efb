// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using static Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints.PickleBytes;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>Files that hold a network's weights under keys and words of training scripts, or several sets of them.</summary>
[TestClass]
public sealed class CheckpointPartTests : IDisposable
{
    private static readonly string[] _known = ["stem.weight", "stem.bias", "head.weight", "head.bias"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The value of every tensor of a set is its number.
    [TestMethod]
    [DataRow(new[] { "model." }, null, 1, "model", "")]
    [DataRow(new[] { "module.model." }, null, 1, "model", "")]
    [DataRow(new[] { "net.backbone." }, null, 1, "net.backbone", "")]
    [DataRow(new[] { "model.", "ema." }, null, 1, "model", "ema")]
    [DataRow(new[] { "ema.", "model." }, null, 2, "model", "ema")]
    [DataRow(new[] { "model.", "ema.module." }, "ema", 2, "ema", "model")]
    [DataRow(new[] { "", "average." }, null, 1, "", "average")]
    [DataRow(new[] { "", "average." }, "average", 2, "average", "")]
    [DataRow(new[] { "ema_model.module." }, null, 1, "ema_model", "")]
    [DataRow(new[] { "student.net.", "teacher.net." }, "teacher", 2, "teacher.net", "student.net")]
    public void Open_SetsBehindWords_TakesTheOneThatIsMeant(string[] sets, string? key, int value, string taken, string other)
    {
        using var scope = NewDisposeScope();
        var tensors = sets.Index().SelectMany(set => _known.Select(name => KeyValuePair.Create(set.Item + name, full([2], set.Index + 1f))));

        using var file = CheckpointPart.Open(WeightFile.Write(_folder["sets.safetensors"], tensors), key, _known);

        Assert.AreEqual(taken, file.Key);
        CollectionAssert.AreEqual(sets.Length == 1 ? [] : new[] { other }, file.OtherKeys.ToArray());
        foreach (string name in _known)
            Assert.AreEqual(value, file.Read(file.Tensors.Keys.Single(found => WeightNames.Strip(found) == name)).data<float>()[0], name);
    }

    [TestMethod]
    public void Open_KeyThatIsNotThere_NamesThoseThatAre()
    {
        using var scope = NewDisposeScope();
        var tensors = ((string[])["model.", "ema."]).SelectMany(set => _known.Select(name => KeyValuePair.Create(set + name, zeros(1))));
        string path = WeightFile.Write(_folder["sets.safetensors"], tensors);

        var refused = Assert.ThrowsExactly<InvalidDataException>(() => CheckpointPart.Open(path, "emma", _known).Dispose());

        Assert.AreEqual(
            $"{path} has no weights of the network under 'emma'; it has them under 'ema' and under 'model': name one of these.",
            refused.Message.Replace("'model' and under 'ema'", "'ema' and under 'model'", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Open_WhatTheNetworkDoesNotHave_KeepsItsNameButForTheWordBeforeTheSet()
    {
        using var scope = NewDisposeScope();
        var tensors = _known.Append("stem.6.weight").Select(name => KeyValuePair.Create("model." + name, zeros(1))).Append(KeyValuePair.Create("loss.weight", zeros(1)));

        using var file = CheckpointPart.Open(WeightFile.Write(_folder["more.safetensors"], tensors), null, _known);

        CollectionAssert.AreEquivalent(_known.Concat(["stem.6.weight", "loss.weight"]).ToArray(), file.Tensors.Keys.ToArray());
    }

    [TestMethod]
    public void Open_OneTensorTwiceBehindAWord_IsRefused()
    {
        using var scope = NewDisposeScope();
        var tensors = _known.Select(name => KeyValuePair.Create("model." + name, zeros(1))).Append(KeyValuePair.Create("module.model.stem.bias", zeros(1)));
        string path = WeightFile.Write(_folder["twice.safetensors"], tensors);

        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => CheckpointPart.Open(path, null, _known).Dispose()).Message, "which are one tensor of the network");
    }

    [TestMethod]
    [DataRow(null, "state_dict", 1f)]
    [DataRow("state_dict_ema", "state_dict_ema", 2f)]
    [DataRow("ema", "ema.module", 3f)]
    [DataRow("module", "ema.module", 3f)]
    [DataRow("ema.module", "ema.module", 3f)]
    [DataRow("other", "state_dict", 1f)]
    public void Open_SeveralDictionariesOfAPyTorchFile_TakesTheOneThatIsMeant(string? key, string taken, float value)
    {
        string path = _folder["sets.pth"];
        File.WriteAllBytes(path, Zip(
            CompressionLevel.NoCompression,
            ("a/data.pkl",
            [
                0x80, 2, EmptyDictionary,
                .. Text("state_dict_ema"), .. OneTensor(1, [1], [1], "2"), SetItem,
                .. Text("ema"), EmptyDictionary, .. Text("module"), .. OneTensor(1, [1], [1], "3"), SetItem, SetItem,
                .. Text("state_dict"), .. OneTensor(1, [1], [1], "1"), SetItem, Stop,
            ]),
            ("a/data/1", BitConverter.GetBytes(1f)), ("a/data/2", BitConverter.GetBytes(2f)), ("a/data/3", BitConverter.GetBytes(3f))));

        using var file = TensorFormats.Open(path, key);
        using var tensor = file.Read("weight");

        Assert.AreEqual(taken, file.Key);
        Assert.AreEqual(value, tensor.data<float>()[0]);
        Assert.HasCount(2, file.OtherKeys);
    }
}
