// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>Pickles and their archives, operation by operation.</summary>
internal static class PickleBytes
{
    public const byte Mark = (byte)'(', Stop = (byte)'.', EmptyDictionary = (byte)'}', EmptyList = (byte)']', Append = (byte)'a', Reduce = (byte)'R', Pop = (byte)'0';
    public const byte MakeTuple = (byte)'t', Tuple1 = 0x85, PersistentId = (byte)'Q', SetItem = (byte)'s';
    public const byte BinaryPut = (byte)'q', BinaryGet = (byte)'h', LongBinaryPut = (byte)'r', BinaryInt1 = (byte)'K';

    /// <summary>A dictionary of one tensor of float32, 'weight'.</summary>
    public static byte[] OneTensor(long count, long[] shape, long[] strides, string storage = "0") =>
    [
        EmptyDictionary, .. Text("weight"), .. Global("torch._utils", "_rebuild_tensor_v2"), Mark,
        Mark, .. Text("storage"), .. Global("torch", "FloatStorage"), .. Text(storage), .. Text("cpu"), .. Integer(count), MakeTuple, PersistentId,
        .. Integer(0), .. Integers(shape), .. Integers(strides), 0x89, EmptyDictionary, MakeTuple, Reduce, SetItem,
    ];

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] members)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in members)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return memory.ToArray();
    }

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")];

    public static byte[] Text(string text) => [(byte)'X', .. Number(text.Length)[..4], .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Integer(long value) => [0x8A, 8, .. Number(value)];

    public static byte[] Integers(long[] values) => [Mark, .. values.SelectMany(Integer), MakeTuple];

    public static byte[] Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
