// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

// What a pickle is read into, beside null, bool, long, BigInteger, double, string, byte[], object?[] (a tuple) and List<object?>.

/// <summary>An instance of a class that is known to be harmless and of no interest: nothing of it is kept.</summary>
internal sealed class PickleOpaque
{
    public static readonly PickleOpaque Instance = new();

    private PickleOpaque()
    {
    }
}

/// <summary>A class or function of the allow-list.</summary>
/// <param name="Name">Its module and name.</param>
/// <param name="Make">Makes the value of a call from its arguments; null when it is named and never called.</param>
/// <param name="Type">The element type that a class of storage or a <c>torch.dtype</c> stands for.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], PyTorchFaults, object?>? Make, ScalarType? Type = null);

/// <summary>A dictionary of any class. Only entries with a text for a key are kept.</summary>
internal sealed class PickleDictionary
{
    private OrderedDictionary<string, object?>? _items;

    /// <summary>In the order of insertion.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Items => _items ?? [];

    /// <summary>Whether a tensor was put in.</summary>
    public bool HoldsTensors { get; private set; }

    /// <exception cref="InvalidDataException">The key is longer than names are: the work of finding it would be repeated for each value.</exception>
    public void Set(object? key, object? value, PyTorchFaults faults)
    {
        if (key is not string name)
            return;
        if (name.Length > TensorFile.LongestName)
            throw faults.Damaged($"the name '{Excerpt.Of(name)}' in its pickle has {name.Length} characters");
        (_items ??= [])[name] = value;
        HoldsTensors |= value is PyTorchTensor;
    }

    public object? Get(string name) => _items?.GetValueOrDefault(name);
}

/// <summary>A <c>numpy.dtype</c>, for the scalars beside the weights.</summary>
/// <param name="Code">Kind and size, such as <c>f8</c>.</param>
internal sealed record NumpyType(string Code)
{
    /// <summary>Set by the state that follows the call.</summary>
    public bool IsBigEndian { get; set; }

    /// <summary>The number that a scalar's bytes stand for; null for a kind that is of no interest.</summary>
    public object? Read(byte[] bytes) => (Code, bytes.Length, IsBigEndian) switch
    {
        ("f8", sizeof(double), false) => BitConverter.ToDouble(bytes),
        ("f4", sizeof(float), false) => (double)BitConverter.ToSingle(bytes),
        ("i8", sizeof(long), false) => BitConverter.ToInt64(bytes),
        ("i4", sizeof(int), false) => (long)BitConverter.ToInt32(bytes),
        _ => null,
    };
}
