// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The allow-list: the Python names that a checkpoint may hold, and what each becomes here. None is ever called.</summary>
/// <remarks>
/// It holds what PyTorch's own reader of weights allows, NumPy's numbers and arrays, and the plain containers of Python's
/// library that training scripts save beside the weights. What is neither a tensor, a container nor a number becomes a
/// <see cref="PickleOpaque"/>.
/// </remarks>
internal static class PyTorchGlobals
{
    private static readonly Dictionary<string, PickleGlobal> _allowed = Build();

    /// <summary>Finds a name as the pickle writes it; null when it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name) => _allowed.GetValueOrDefault($"{Modern(module)}.{name}");

    /// <summary>The storage that a persistent id stands for.</summary>
    /// <remarks><c>('storage', class, key, device, count)</c>; in the older format a view may follow: <c>(key, first, count)</c>.</remarks>
    public static PyTorchStorage ToStorage(object? id, PyTorchFaults faults)
    {
        if (id as object?[] is not ["storage", PickleGlobal { Type: { } type }, string { Length: <= TensorFile.LongestName } key, _, long count, .. var rest]
            || count < 0 || count > long.MaxValue / sizeof(double))
            throw faults.Damaged("a storage in its pickle is not described as PyTorch does");
        return rest switch
        {
            [] or [null] => new PyTorchStorage(key, type, count, 0, count),
            [object?[] view] when view is [_, long start, long length] && start >= 0 && length >= 0 && length <= count - start =>
                new PyTorchStorage(key, type, count, start, length),
            _ => throw faults.Damaged($"storage '{Excerpt.Of(key)}' is a view beyond its end"),
        };
    }

    // Python 2, and NumPy before 2, named the same things otherwise.
    private static string Modern(string module) => module switch
    {
        "__builtin__" => "builtins",
        "copy_reg" => "copyreg",
        _ when module.StartsWith("numpy._core.", StringComparison.Ordinal) => string.Concat("numpy.core.", module.AsSpan("numpy._core.".Length)),
        _ => module,
    };

    private static Dictionary<string, PickleGlobal> Build()
    {
        var globals = new List<PickleGlobal>
        {
            new("torch._utils._rebuild_tensor", Tensor),
            new("torch._utils._rebuild_tensor_v2", Tensor),
            new("torch._utils._rebuild_tensor_v3", TensorOfType),
            new("torch._utils._rebuild_parameter", First),
            new("torch._utils._rebuild_parameter_with_state", First),
            new("torch.nn.parameter.Parameter", First),
            new("torch._tensor._rebuild_from_type_v2", TensorWithAttributes),
            new("torch.Tensor", null),
            new("torch.Size", (arguments, _) => arguments is [object?[] sizes] ? sizes : PickleOpaque.Instance),
            new("torch.UntypedStorage", null, ScalarType.Byte),
            new("torch.storage.UntypedStorage", null, ScalarType.Byte),

            new("builtins.dict", Dictionary),
            new("collections.OrderedDict", Dictionary),
            new("collections.Counter", (_, _) => new PickleDictionary()),
            new("collections.defaultdict", (_, _) => new PickleDictionary()),
            new("builtins.list", (_, _) => new List<object?>()),
            new("_codecs.encode", Bytes),
            new("numpy.core.multiarray.scalar", (arguments, _) => arguments is [NumpyType type, byte[] bytes] ? type.Read(bytes) : PickleOpaque.Instance),
            new("numpy.dtype", (arguments, _) => arguments is [string code, ..] ? new NumpyType(code) : PickleOpaque.Instance),
        };
        foreach (var (name, type) in ElementTypes.Storages)
            globals.AddRange([new($"torch.{name}", null, type), new($"torch.cuda.{name}", null, type)]);
        foreach (var (name, type) in ElementTypes.PyTorchNames)
            globals.Add(new($"torch.{name}", null, type));
        globals.AddRange(Inert().Select(name => new PickleGlobal(name, (_, _) => PickleOpaque.Instance)));
        return globals.ToDictionary(global => global.Name);
    }

    private static IEnumerable<string> Inert() =>
    [
        .. Names("builtins", "bool bytearray bytes complex float frozenset int object range set slice str tuple"),
        .. Names("argparse", "Namespace"),
        .. Names("collections", "deque"),
        .. Names("copyreg", "_reconstructor"),
        .. Names("datetime", "date datetime time timedelta timezone"),
        .. Names("decimal", "Decimal"),
        .. Names("fractions", "Fraction"),
        .. Names("pathlib", "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath"),
        .. Names("types", "SimpleNamespace"),
        .. Names("uuid", "UUID"),
        .. Names("numpy", "bool bool_ float16 float32 float64 int16 int32 int64 int8 ndarray uint16 uint32 uint64 uint8"),
        .. Names("numpy.core.multiarray", "_reconstruct"),
        .. Names("numpy.core.numeric", "_frombuffer"),
        .. Names("torch", "device channels_last contiguous_format preserve_format strided sparse_coo"),
        .. Names("torch", "complex128 complex32 complex64 float8_e4m3fn float8_e5m2 qint32 qint8 quint8 uint16 uint32 uint64"),
        .. Names("torch.serialization", "_get_layout"),
        .. Names("torch.torch_version", "TorchVersion"),
    ];

    private static IEnumerable<string> Names(string module, string names) => names.Split(' ').Select(name => $"{module}.{name}");

    private static PyTorchTensor First(object?[] arguments, PyTorchFaults faults) =>
        arguments is [PyTorchTensor tensor, ..] ? tensor : throw faults.Damaged("a parameter in its pickle has no tensor");

    private static PyTorchTensor Tensor(object?[] arguments, PyTorchFaults faults) =>
        arguments is
            [
                PyTorchStorage storage, long offset, object?[] { Length: <= TensorFile.MostDimensions } shape, object?[] { Length: <= TensorFile.MostDimensions } strides, ..,
            ]
            && shape.All(size => size is long) && strides.All(stride => stride is long)
            ? new PyTorchTensor(storage, storage.Type, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()])
            : throw faults.Damaged("a tensor in its pickle is not described as PyTorch does");

    /// <summary><c>(storage, offset, shape, strides, requires_grad, hooks, dtype)</c>.</summary>
    private static PyTorchTensor TensorOfType(object?[] arguments, PyTorchFaults faults)
    {
        var tensor = Tensor(arguments, faults);
        return arguments is [_, _, _, _, _, _, PickleGlobal type, ..]
            ? tensor with { Type = type.Type ?? throw faults.NotRead($"holds a tensor of the type {type.Name}", "Convert the tensor before saving it.") }
            : throw faults.Damaged("a tensor in its pickle has no type");
    }

    /// <summary><c>(function, class, arguments, attributes)</c>; the function must be one that builds a tensor, so that no call nests in itself.</summary>
    private static object? TensorWithAttributes(object?[] arguments, PyTorchFaults faults) =>
        arguments is [PickleGlobal { Make: { } make }, _, object?[] inner, ..] && (make == Tensor || make == TensorOfType || make == First)
            ? make(inner, faults)
            : throw faults.Damaged("a tensor in its pickle is not described as PyTorch does");

    /// <summary>Empty, or of pairs, as Python 2 writes them. The list is used up: one that is kept cannot be copied again and again.</summary>
    private static PickleDictionary Dictionary(object?[] arguments, PyTorchFaults faults)
    {
        var result = new PickleDictionary();
        if (arguments is [List<object?> pairs])
        {
            foreach (object? pair in pairs)
            {
                if (pair as IReadOnlyList<object?> is not [var key, var value])
                    throw faults.Damaged("a dictionary in its pickle is not made of pairs");
                result.Set(key, value, faults);
            }

            pairs.Clear();
        }

        return result;
    }

    /// <summary>Bytes that an old protocol writes as text: <c>(text, 'latin1')</c>. Those of a number are of interest, of arrays not.</summary>
    private static object? Bytes(object?[] arguments, PyTorchFaults faults) =>
        arguments is [string { Length: <= sizeof(double) } text, "latin1" or "latin-1"] ? Encoding.Latin1.GetBytes(text) : PickleOpaque.Instance;
}
