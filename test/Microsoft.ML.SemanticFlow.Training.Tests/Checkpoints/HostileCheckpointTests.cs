// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using CsCheck;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using static Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints.PickleBytes;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>PyTorch files that are damaged or made to do harm: each is read or refused in a sentence, in bounded time and memory.</summary>
[TestClass]
public sealed class HostileCheckpointTests : IDisposable
{
    private static readonly string[] _files = ["peer_zip.pth", "peer_legacy.pth", "shared_storage_legacy.pth", "pickle_protocol4.pth", "peer_zip_recompressed.pth"];

    // Overwrite, insert or cut out some bytes.
    private static readonly Gen<(int Kind, double At, byte[] Bytes)> _change = Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.Byte.Array[1, 4]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Open_ChangedBytes_AreReadOrRefused()
    {
        byte[][] originals = [.. _files.Select(TestFiles.Bytes)];

        Gen.Select(Gen.Int[0, originals.Length - 1], _change.Array[1, 4]).Sample(
            (file, changes) => ReadsOrRefuses(changes.Aggregate(originals[file], (bytes, change) => Change(bytes, change.Kind, change.At, change.Bytes))),
            iter: 4000, threads: 1,
            print: pair => $"{_files[pair.Item1]}: {string.Join("; ", pair.Item2.Select(change => $"{change.Kind} at {change.At:R} {Convert.ToHexString(change.Bytes)}"))}");
    }

    [TestMethod]
    public void Open_CutOffAnywhere_IsRefused()
    {
        foreach (string file in _files)
        {
            byte[] whole = TestFiles.Bytes(file);
            for (int length = 0; length < whole.Length; length += 7)
            {
                string path = Write(whole[..length]);
                Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(path).Dispose(), $"{file}, {length} bytes");
            }
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_AMillionListsInEachOther_IsRefusedWithoutRecursion() =>
        AssertRefused([.. Enumerable.Repeat(EmptyList, 1_000_000), .. Enumerable.Repeat(Append, 999_999), Stop], "holds no dictionary of tensors");

    [TestMethod]
    [Timeout(60_000)]
    public void Open_LargeListMadeADictionaryAgainAndAgain_IsBoundedWork()
    {
        // A list of 200,000 pairs, kept, of which 200,000 dictionaries are made: 4e10 entries, were each made in full.
        byte[] pair = [.. Text("k"), .. Text("v"), 0x86];
        AssertRefused(
            [
                .. Global("collections", "OrderedDict"), BinaryPut, 0, Pop,
                EmptyList, BinaryPut, 1, Mark, .. Enumerable.Repeat(pair, 200_000).SelectMany(bytes => bytes), (byte)'e', Pop,
                .. Enumerable.Repeat<byte[]>([BinaryGet, 0, BinaryGet, 1, Tuple1, Reduce, Pop], 200_000).SelectMany(bytes => bytes),
                EmptyDictionary, Stop,
            ],
            "holds no tensors");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_LongTextEncodedAgainAndAgain_IsBoundedWork()
    {
        // Eight million characters encoded 200,000 times: 1.6e12 bytes, were each encoded.
        AssertRefused(
            [
                .. Global("_codecs", "encode"), BinaryPut, 0, Pop,
                .. Text(new string('x', 8_000_000)), .. Text("latin1"), 0x86, BinaryPut, 1, Pop,
                .. Enumerable.Repeat<byte[]>([BinaryGet, 0, BinaryGet, 1, Reduce, Pop], 200_000).SelectMany(bytes => bytes),
                EmptyDictionary, Stop,
            ],
            "holds no tensors");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_KeptUnderNumbersOfOneBucket_IsRefusedAtOnce()
    {
        // Multiples of 75431, into which a table by hash of 56938 entries would put all of them: each look would go through all before it.
        AssertRefused(
            [EmptyDictionary, .. Enumerable.Range(0, 56_938).SelectMany(i => (byte[])[LongBinaryPut, .. Number(i * 75_431L)[..4]]), Stop],
            "keeps a value under the number 75431");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_LongNameUsedAgainAndAgain_IsRefusedAtOnce()
    {
        // A name of eight million characters set 200,000 times, or for 200,000 storages: each would be hashed.
        string name = new('k', 8_000_000);
        AssertRefused(
            [
                .. Text(name), BinaryPut, 0, Pop, EmptyDictionary,
                .. Enumerable.Repeat<byte[]>([BinaryGet, 0, 0x88, SetItem], 200_000).SelectMany(bytes => bytes), Stop,
            ],
            "has 8000000 characters");
        AssertRefused(
            [
                Mark, .. Text("storage"), .. Global("torch", "FloatStorage"), .. Text(name), .. Text("cpu"), .. Integer(4), MakeTuple, BinaryPut, 0, Pop,
                .. Enumerable.Repeat<byte[]>([BinaryGet, 0, PersistentId, Pop], 200_000).SelectMany(bytes => bytes), EmptyDictionary, Stop,
            ],
            "a storage in its pickle is not described");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_LongShapeUsedAgainAndAgain_IsRefusedAtOnce()
    {
        // A shape of 200,000 sizes for 200,000 tensors: each would be copied.
        AssertRefused(
            [
                Mark, .. Enumerable.Repeat<byte[]>([BinaryInt1, 1], 200_000).SelectMany(bytes => bytes), MakeTuple, BinaryPut, 1, Pop,
                .. Global("torch._utils", "_rebuild_tensor_v2"), BinaryPut, 2, Pop,
                Mark,
                Mark, .. Text("storage"), .. Global("torch", "FloatStorage"), .. Text("0"), .. Text("cpu"), .. Integer(4), MakeTuple, PersistentId,
                .. Integer(0), BinaryGet, 1, BinaryGet, 1, MakeTuple, BinaryPut, 3, Pop,
                .. Enumerable.Repeat<byte[]>([BinaryGet, 2, BinaryGet, 3, Reduce, Pop], 200_000).SelectMany(bytes => bytes), EmptyDictionary, Stop,
            ],
            "a tensor in its pickle is not described");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Open_SmallFileOfManyOperations_IsRefused()
    {
        // 4 million operations in a file of a few kilobytes.
        byte[] pickle = [0x80, 2, EmptyDictionary, .. Enumerable.Repeat<byte>((byte)'2', 4_000_000), Stop];
        string path = Write(Zip(CompressionLevel.SmallestSize, ("archive/data.pkl", pickle)));
        long before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(path).Dispose());

        StringAssert.Contains(refused.Message, "holds more than 262144 values");
        Assert.IsLessThan(16 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Open_MembersThatShareBytes_IsRefused()
    {
        byte[] whole = Zip(CompressionLevel.SmallestSize, ("a/data.pkl", [0x80, 2, EmptyDictionary, Stop]), ("a/data/0", new byte[1 << 20]), ("a/data/1", new byte[1 << 20]));
        int second = whole.AsSpan().LastIndexOf("a/data/1"u8) - 4, first = whole.AsSpan().LastIndexOf("a/data/0"u8) - 4;    // where their headers lie, in the directory
        byte[] shared = [.. whole], early = [.. whole];
        whole.AsSpan(first, 4).CopyTo(shared.AsSpan(second));
        BinaryPrimitives.WriteInt32LittleEndian(early.AsSpan(second), BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(second)) - 100);

        foreach (byte[] file in (byte[][])[shared, early])
        {
            string path = Write(file);
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(path).Dispose()).Message, "lies inside another member");
        }
    }

    [TestMethod]
    public void Read_StorageThatUnpacksToMuchMore_IsRefusedBeforeMemoryIsTaken()
    {
        string path = Write(Zip(CompressionLevel.SmallestSize, ("a/data.pkl", [0x80, 2, .. OneTensor(8 << 20, [8 << 20], [1]), Stop]), ("a/data/0", new byte[32 << 20])));
        using var file = TensorFormats.Open(path);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.ThrowsExactly<InvalidDataException>(() => file.Read("weight"));

        StringAssert.Contains(refused.Message, "unpacks to more than 8 times its");
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow(new long[] { 3, 2 }, new long[] { 3, 1 }, new float[] { 0, 1, 3, 4, 6, 7 })]       // apart
    [DataRow(new long[] { 3, 3 }, new long[] { 1, 1 }, new float[] { 0, 1, 2, 1, 2, 3, 2, 3, 4 })]   // over one another, close
    [DataRow(new long[] { 2, 2 }, new long[] { 5, 4 }, new float[] { 0, 4, 5, 9 })]             // over one another, apart
    [DataRow(new long[] { 2, 3 }, new long[] { 4, 4 }, new float[] { 0, 4, 8, 4, 8, 12 })]      // over one another, with gaps
    public void Read_ViewsOfAStorage_GiveTheElementsThatTheStridesSay(long[] shape, long[] strides, float[] expected)
    {
        float[] storage = [.. Enumerable.Range(0, 16).Select(i => (float)i)];
        string path = Write(Zip(
            CompressionLevel.NoCompression, ("a/data.pkl", [0x80, 2, .. OneTensor(16, shape, strides), Stop]), ("a/data/0", MemoryMarshal.AsBytes<float>(storage).ToArray())));
        using var file = TensorFormats.Open(path);
        using var tensor = file.Read("weight");

        CollectionAssert.AreEqual(expected, tensor.data<float>().ToArray());
    }

    [TestMethod]
    [DataRow(0x8D)]      // a text
    [DataRow(0x8E)]      // bytes
    public void Open_LengthBeyondTheFile_IsRefusedBeforeMemoryIsTaken(int operation) =>
        AssertRefused([(byte)operation, .. Number(1L << 62), Stop], "it ends inside its pickle");

    [TestMethod]
    [DataRow(new long[] { 1L << 40 }, new long[] { 0 }, "elements made of 4")]                                         // 4 TB of one element
    [DataRow(new long[] { 1L << 31, 1L << 31, 1L << 31 }, new long[] { 0, 0, 0 }, "beyond any storage")]               // more than 64 bits count
    [DataRow(new long[] { 5 }, new long[] { 1 }, "beyond the 4 elements of its storage")]
    [DataRow(new long[] { 2 }, new long[] { long.MaxValue }, "beyond any storage")]
    [DataRow(new long[] { -1 }, new long[] { 1 }, "has shape [-1]")]
    [DataRow(new long[] { 1, 1 }, new long[] { 1 }, "has 2 sizes and 1 strides")]
    public void Open_TensorThatItsStorageDoesNotHold_IsRefused(long[] shape, long[] strides, string sentence) =>
        AssertRefused([.. OneTensor(4, shape, strides), Stop], sentence);

    private static byte[] Change(byte[] bytes, int kind, double at, byte[] change)
    {
        int start = (int)(at * Math.Max(0, bytes.Length - change.Length));
        int end = Math.Min(bytes.Length, start + change.Length);
        return kind switch
        {
            0 => [.. bytes[..start], .. change, .. bytes[end..]],
            1 => [.. bytes[..start], .. change, .. bytes[start..]],
            _ => [.. bytes[..start], .. bytes[end..]],
        };
    }

    // Any exception but the refusal fails the test.
    private void ReadsOrRefuses(byte[] bytes)
    {
        using var scope = NewDisposeScope();
        try
        {
            using var file = TensorFormats.Open(Write(bytes));
            foreach (string name in file.Tensors.Keys)
                file.Read(name);
        }
        catch (InvalidDataException)
        {
        }
    }

    // One tensor's storage of four floats lies beside the pickle.
    private void AssertRefused(byte[] pickle, string sentence)
    {
        string path = Write(Zip(CompressionLevel.NoCompression, ("archive/data.pkl", [0x80, 2, .. pickle]), ("archive/data/0", new byte[16])));

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(path).Dispose());

        StringAssert.StartsWith(thrown.Message, path, StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, sentence, StringComparison.Ordinal);
    }

    private string Write(byte[] bytes)
    {
        string path = _folder["hostile.pth"];
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
