// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>The checkpoints that PyTorch itself wrote, and what their <c>expected.json</c> says of them.</summary>
[TestClass]
public sealed class GoldenCheckpointTests
{
    // The path is in the files: what they touch when they are unpickled naively (the golden data's README, section 5).
    private const string RunByEvilFiles = "/tmp/GOLDEN_EVIL_WAS_RUN";

    private static readonly string[] _loaded =
    [
        "peer_zip.pth", "peer_legacy.pth", "bare_zip.pth", "bare_legacy.pth", "bare_plain_dict.pth", "stdc_pretrained_style.tar", "fp16.pth", "bf16.pth", "bf16_legacy.pth",
        "shared_storage.pth", "shared_storage_legacy.pth", "dtypes.pth", "parameters.pth", "extra_classes.pth", "extra_classes_legacy.pth", "pickle_protocol4.pth",
        "peer_zip_recompressed.pth", "torch2_layout.pth",
    ];

    private static readonly (string File, string Sentence)[] _refused =
    [
        ("evil_os_system_zip.pth", "is refused: it asks Python for 'posix.system'"),
        ("evil_os_system_legacy.pth", "is refused: it asks Python for 'posix.system'"),
        ("evil_eval_inside_state_dict.pth", "is refused: it asks Python for '__builtin__.eval'"),
        ("evil_popen.pth", "is refused: it asks Python for 'commands.Popen'"),
        ("truncated_zip.pth", "its zip archive has no directory, so it ends early"),
        ("truncated_legacy.pth", "it ends inside storage"),
        ("not_a_checkpoint.pth", "is no checkpoint"),
        ("empty.pth", "is empty"),
        ("zip_without_data_pkl.pth", "is a zip archive without a data.pkl"),
        ("bare_pickle_of_int.pth", "is a pickle, but none that torch.save wrote"),
        ("zip_short_storage.pth", "the storage of tensor 'module.conv.weight' has 8 of its 432 bytes"),
    ];

    private static IEnumerable<object[]> Loaded => _loaded.Select(file => new object[] { file });

    private static IEnumerable<object[]> Refused => _refused.Select(pair => new object[] { pair.File, pair.Sentence });

    [TestMethod]
    public void EveryReferenceFile_IsTested()
    {
        var expected = GoldenData.Json("checkpoints", "expected.json").EnumerateObject().Select(property => property.Name);

        CollectionAssert.AreEquivalent(expected.ToArray(), _loaded.Concat(_refused.Select(pair => pair.File)).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Loaded))]
    public void Read_ReferenceFile_GivesItsTensors(string name)
    {
        using var scope = NewDisposeScope();
        var expected = GoldenData.Json("checkpoints", "expected.json").GetProperty(name);

        using var file = TensorFormats.Open(GoldenData.File("checkpoints", name));

        CollectionAssert.AreEqual(expected.GetProperty("tensors").EnumerateObject().Select(property => property.Name).ToArray(), file.Tensors.Keys.ToArray());
        foreach (var tensor in expected.GetProperty("tensors").EnumerateObject())
            AssertTensor(tensor.Value, file, tensor.Name);
        foreach (string key in new[] { "epoch", "mean_iu", "command" })
        {
            if (expected.TryGetProperty(key, out var value))
                Assert.AreEqual(value.ToString(), file.Metadata[key]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Refused))]
    public void Open_ReferenceFile_IsRefusedInASentence(string name, string sentence)
    {
        string path = GoldenData.File("checkpoints", name);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(path));

        StringAssert.Contains(thrown.Message, name, StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, sentence, StringComparison.Ordinal);
        Assert.IsFalse(File.Exists(RunByEvilFiles), "The file ran what it asked for.");
    }

    private static void AssertTensor(JsonElement expected, TensorFile file, string name)
    {
        var entry = file.Tensors[name];
        var tensor = file.Read(name);

        Assert.AreEqual(expected.GetProperty("dtype").GetString(), Name(tensor.dtype), name);
        CollectionAssert.AreEqual(expected.GetProperty("shape").Integers().Select(size => (long)size).ToArray(), tensor.shape, name);
        CollectionAssert.AreEqual(tensor.shape, entry.Shape.ToArray(), name);
        Assert.AreEqual(tensor.dtype, entry.Type, name);
        Assert.IsTrue(tensor.is_contiguous(), name);
        if (tensor.dtype == ScalarType.Int64)
            CollectionAssert.AreEqual(
                expected.GetProperty("values").EnumerateArray().Select(value => value.GetInt64()).ToArray(), MemoryMarshal.Cast<byte, long>(tensor.bytes).ToArray(), name);
        else
            CollectionAssert.AreEqual(Bits(expected.GetProperty("values").Numbers()), Bits(MemoryMarshal.Cast<byte, double>(tensor.to(ScalarType.Float64).bytes).ToArray()), name);
    }

    /// <summary>So that 0 and -0 differ, and not-a-number equals itself.</summary>
    private static long[] Bits(double[] values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];

    private static string Name(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
}
