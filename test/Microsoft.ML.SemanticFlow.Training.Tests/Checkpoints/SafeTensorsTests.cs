// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using CsCheck;
using Microsoft.ML.SemanticFlow.Checkpoints;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

[TestClass]
[DoNotParallelize]
public sealed class SafeTensorsTests
{
    [TestMethod]
    public void Write_TwoTensors_GivesTheBytesOfTheFormat()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        var tensors = new Dictionary<string, Tensor> { ["b"] = tensor(new long[] { 1 }), ["a"] = tensor(new float[] { 1f, 2f }).view(2, 1) };

        SafeTensors.Write(stream, tensors, new Dictionary<string, string> { ["k"] = "v" });

        const string header = """{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}""";
        int padded = (header.Length + 7) / 8 * 8;
        byte[] expected = [.. BitConverter.GetBytes((ulong)padded), .. Encoding.UTF8.GetBytes(header.PadRight(padded)), 0, 0, 128, 63, 0, 0, 0, 64, 1, 0, 0, 0, 0, 0, 0, 0];
        CollectionAssert.AreEqual(expected, stream.ToArray());
    }

    [TestMethod]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "t.safetensors");
        var tensors = new Dictionary<string, Tensor>
        {
            ["channels-last"] = rand(2, 3, 4, 5).permute(0, 2, 3, 1),
            ["scalar"] = tensor(7L),
            ["empty"] = zeros(0, 3),
            ["half"] = rand(3).to(bfloat16),
            ["flags"] = tensor(new bool[] { true, false }),
        };
        AtomicFile.Write(path, stream => SafeTensors.Write(stream, tensors, new Dictionary<string, string>()));

        using var file = TensorFormats.Open(path);

        CollectionAssert.AreEquivalent(tensors.Keys, file.Tensors.Keys.ToArray());
        foreach (var (name, tensor) in tensors)
        {
            var read = file.Read(name);
            Assert.AreEqual(tensor.dtype, read.dtype, name);
            CollectionAssert.AreEqual(tensor.shape, read.shape, name);
            Assert.IsTrue(read.equal(tensor).all().item<bool>(), name);
        }
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at byte 4", DisplayName = "overlap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at byte 4", DisplayName = "gap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "end at byte 4", DisplayName = "bytes left over")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "end at byte 8", DisplayName = "truncated")]
    [DataRow("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes", DisplayName = "size against shape")]
    [DataRow("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "has the type 'F31', none of F64, F32", DisplayName = "type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape [-2]", DisplayName = "negative size")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "has the shape", DisplayName = "overflowing size")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "has the offsets", DisplayName = "reversed")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "does not read", DisplayName = "a name twice")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "does not read", DisplayName = "no offsets")]
    [DataRow("""[1]""", 8, "not a JSON object", DisplayName = "an array")]
    [DataRow("""{"a":""", 8, "does not read", DisplayName = "broken JSON")]
    public void Read_HeaderThatBreaksARule_SaysWhich(string header, int dataBytes, string expected)
    {
        byte[] file = [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Parse(file));

        StringAssert.Contains(thrown.Message, expected, StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "x.safetensors", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Read_AnyBytes_NeverThrowsButInvalidData() =>
        Gen.Byte.Array[0, 200].Sample(bytes => IsReadOrRefused(bytes));

    [TestMethod]
    public void Read_WholeFileWithBytesChanged_NeverThrowsButInvalidData()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, new Dictionary<string, Tensor> { ["a"] = zeros(2, 2), ["b"] = zeros(3) }, new Dictionary<string, string> { ["k"] = "v" });
        var whole = stream.ToArray();

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            var changed = whole[..length];
            if (at < length)
                changed[at] = value;
            return IsReadOrRefused(changed);
        });
    }

    private static bool IsReadOrRefused(byte[] bytes)
    {
        try
        {
            Parse(bytes);
        }
        catch (InvalidDataException)
        {
            // Refused in a sentence; any other exception fails the test.
        }

        return true;
    }

    private static SafeTensorsHeader Parse(byte[] bytes) => SafeTensorsHeader.Read(new MemoryStream(bytes), bytes.Length, "x.safetensors");
}
