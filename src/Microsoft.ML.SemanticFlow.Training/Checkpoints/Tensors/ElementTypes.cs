// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The element types that are read, and what each file format calls them.</summary>
internal static class ElementTypes
{
    private static readonly Row[] _rows =
    [
        new(ScalarType.Float64, 8, "F64", "DoubleStorage", "float64"),
        new(ScalarType.Float32, 4, "F32", "FloatStorage", "float32"),
        new(ScalarType.Float16, 2, "F16", "HalfStorage", "float16"),
        new(ScalarType.BFloat16, 2, "BF16", "BFloat16Storage", "bfloat16"),
        new(ScalarType.Int64, 8, "I64", "LongStorage", "int64"),
        new(ScalarType.Int32, 4, "I32", "IntStorage", "int32"),
        new(ScalarType.Int16, 2, "I16", "ShortStorage", "int16"),
        new(ScalarType.Int8, 1, "I8", "CharStorage", "int8"),
        new(ScalarType.Byte, 1, "U8", "ByteStorage", "uint8"),
        new(ScalarType.Bool, 1, "BOOL", "BoolStorage", "bool"),
    ];

    /// <summary>The names in safetensors files, for messages.</summary>
    public static string SafeTensorsNames { get; } = string.Join(", ", _rows.Select(row => row.SafeTensors));

    /// <summary>PyTorch's class of storage for each type.</summary>
    public static IEnumerable<KeyValuePair<string, ScalarType>> Storages => _rows.Select(row => KeyValuePair.Create(row.Storage, row.Type));

    /// <summary>PyTorch's name of each type.</summary>
    public static IEnumerable<KeyValuePair<string, ScalarType>> PyTorchNames => _rows.Select(row => KeyValuePair.Create(row.PyTorch, row.Type));

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ScalarType type) => Array.Find(_rows, row => row.Type == type)?.Size ?? throw Unknown(type);

    public static ScalarType? FromSafeTensors(string name) => Array.Find(_rows, row => row.SafeTensors == name)?.Type;

    public static string ToSafeTensors(ScalarType type) => Array.Find(_rows, row => row.Type == type)?.SafeTensors ?? throw Unknown(type);

    private static NotSupportedException Unknown(ScalarType type) =>
        new($"Checkpoints hold no tensors of the type {type}; convert it to one of {string.Join(", ", _rows.Select(row => row.Type))}.");

    private sealed record Row(ScalarType Type, int Size, string SafeTensors, string Storage, string PyTorch);
}
