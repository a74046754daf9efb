// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>Reads pickles as data. Names outside the allow-list are refused, and no name is ever called.</summary>
/// <remarks>
/// A pickle is a program for a stack machine. Every operation takes constant time, or time in proportion to the values it
/// takes off the stack, and no step recurses; no more operations are read than the file has bytes, or a small number. So time and memory are
/// in proportion to the file's length, however a pickle was compressed.
/// </remarks>
/// <param name="input">The pickles.</param>
/// <param name="fileLength">Bytes of the whole file.</param>
/// <param name="faults">Makes the messages.</param>
internal sealed class PickleReader(PickleInput input, long fileLength, PyTorchFaults faults)
{
    // The weights and optimiser of a large network take 200,000.
    private const int FewOperations = 1 << 18, MostOperations = 1 << 22;
    private const int LongestNumber = 256;

    private static readonly object _unset = new();

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly List<object?> _memo = [];              // by index: a table by hash can be filled so that every look goes through all of it
    private readonly long _mostOperations = Math.Clamp(fileLength, FewOperations, MostOperations);
    private readonly Dictionary<string, PyTorchStorage> _storages = [];
    private PickleOpcode _operation;
    private int _operations;
    private int _memorised;

    /// <summary>The storages that the pickles referred to, by key.</summary>
    public IReadOnlyDictionary<string, PyTorchStorage> Storages => _storages;

    /// <summary>Reads the next pickle.</summary>
    /// <exception cref="InvalidDataException">It is damaged, too large, or names what is not allowed.</exception>
    public object? Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        _memorised = 0;
        for (_operations = 0; _operations < _mostOperations; _operations++)
        {
            _operation = (PickleOpcode)input.ReadByte();
            if (_operation == PickleOpcode.Stop)
                return Pop();
            Execute();
        }

        throw faults.NotRead($"holds more than {_mostOperations} values beside its tensors", "Save the weights alone, as torch.save(model.state_dict(), path) does.");
    }

    private void Execute()
    {
        switch (_operation)
        {
            case PickleOpcode.Protocol:
                input.ReadByte();
                break;
            case PickleOpcode.Frame:
                input.ReadUnsigned(sizeof(ulong));
                break;

            case PickleOpcode.None:
                Push(null);
                break;
            case PickleOpcode.True:
                Push(true);
                break;
            case PickleOpcode.False:
                Push(false);
                break;
            case PickleOpcode.BinaryInt1:
                Push((long)input.ReadByte());
                break;
            case PickleOpcode.BinaryInt2:
                Push((long)input.ReadUnsigned(sizeof(ushort)));
                break;
            case PickleOpcode.BinaryInt:
                Push((long)input.ReadInt32());
                break;
            case PickleOpcode.Long1:
                PushNumber(input.ReadByte());
                break;
            case PickleOpcode.Long4:
                PushNumber(input.ReadUnsigned(sizeof(uint)));
                break;
            case PickleOpcode.BinaryFloat:
                Push(input.ReadBigEndianDouble());
                break;

            case PickleOpcode.ShortBinaryUnicode:
                Push(input.ReadText(input.ReadByte()));
                break;
            case PickleOpcode.BinaryUnicode:
                Push(input.ReadText(input.ReadUnsigned(sizeof(uint))));
                break;
            case PickleOpcode.BinaryUnicode8:
                Push(input.ReadText(input.ReadUnsigned(sizeof(ulong))));
                break;
            case PickleOpcode.ShortBinaryString:
                Push(Encoding.Latin1.GetString(input.ReadBytes(input.ReadByte())));
                break;
            case PickleOpcode.BinaryString:
                Push(Encoding.Latin1.GetString(input.ReadBytes(input.ReadUnsigned(sizeof(uint)))));
                break;
            case PickleOpcode.ShortBinaryBytes:
                Push(input.ReadBytes(input.ReadByte()));
                break;
            case PickleOpcode.BinaryBytes:
                Push(input.ReadBytes(input.ReadUnsigned(sizeof(uint))));
                break;
            case PickleOpcode.BinaryBytes8 or PickleOpcode.ByteArray8:
                Push(input.ReadBytes(input.ReadUnsigned(sizeof(ulong))));
                break;

            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1:
                Push(PopTuple(1));
                break;
            case PickleOpcode.Tuple2:
                Push(PopTuple(2));
                break;
            case PickleOpcode.Tuple3:
                Push(PopTuple(3));
                break;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                break;
            case PickleOpcode.EmptyList:
                Push(new List<object?>());
                break;
            case PickleOpcode.List:
                Push(PopToMark().ToList());
                break;
            case PickleOpcode.Append:
                Extend(PopTuple(1));
                break;
            case PickleOpcode.Appends:
                Extend(PopToMark());
                break;
            case PickleOpcode.EmptyDictionary:
                Push(new PickleDictionary());
                break;
            case PickleOpcode.Dictionary:
                var items = PopToMark();
                Push(new PickleDictionary());
                SetItems(items);
                break;
            case PickleOpcode.SetItem:
                SetItems(PopTuple(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.EmptySet:
                Push(PickleOpaque.Instance);
                break;
            case PickleOpcode.FrozenSet:
                PopToMark();
                Push(PickleOpaque.Instance);
                break;
            case PickleOpcode.AddItems:
                PopToMark();
                break;

            case PickleOpcode.Mark:
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Duplicate:
                Push(Peek());
                break;
            case PickleOpcode.BinaryPut:
                Memorise(input.ReadByte());
                break;
            case PickleOpcode.LongBinaryPut:
                Memorise((long)input.ReadUnsigned(sizeof(uint)));
                break;
            case PickleOpcode.Memoize:
                Memorise(_memorised);
                break;
            case PickleOpcode.BinaryGet:
                Push(Recall(input.ReadByte()));
                break;
            case PickleOpcode.LongBinaryGet:
                Push(Recall((long)input.ReadUnsigned(sizeof(uint))));
                break;

            case PickleOpcode.Global:
                Push(FindGlobal(input.ReadLine(), input.ReadLine()));
                break;
            case PickleOpcode.StackGlobal:
                var name = PopTuple(2);
                Push(name is [string module, string member] ? FindGlobal(module, member) : throw Misplaced());
                break;
            case PickleOpcode.PersistentId:
                Push(Remember(PyTorchGlobals.ToStorage(Pop(), faults)));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                Push(Make(PopTuple(2)));
                break;
            case PickleOpcode.NewObjectEx:
                Pop();      // the arguments with names
                Push(Make(PopTuple(2)));
                break;
            case PickleOpcode.Build:
                Build(Pop());
                break;

            default:
                throw faults.Damaged($"its pickle has the unknown operation 0x{(byte)_operation:X2} at byte {input.Position - 1}");
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private int Floor => _marks.Count > 0 ? _marks.Peek() : 0;

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Misplaced();

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopTuple(int count)
    {
        if (_stack.Count - Floor < count)
            throw Misplaced();
        object?[] values = [.. CollectionsMarshal.AsSpan(_stack)[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPop(out int mark))
            throw Misplaced();
        object?[] values = [.. CollectionsMarshal.AsSpan(_stack)[mark..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    // Python numbers what it keeps from 0 or 1 on, so that no number is above that of the operations.
    private void Memorise(long index)
    {
        if (index > _operations + 1)
            throw faults.Damaged($"its pickle keeps a value under the number {index} at byte {input.Position}, which no pickle has come to there");
        while (_memo.Count <= index)
            _memo.Add(_unset);
        if (_memo[(int)index] == _unset)
            _memorised++;
        _memo[(int)index] = Peek();
    }

    private object? Recall(long index) =>
        index < _memo.Count && _memo[(int)index] is var value && value != _unset
            ? value
            : throw faults.Damaged($"its pickle recalls value {index} at byte {input.Position}, which it has not kept");

    private void PushNumber(ulong size)
    {
        if (size > LongestNumber)
            throw faults.Damaged($"its pickle has a number of {size} bytes at byte {input.Position}");
        var number = new BigInteger(input.ReadBytes(size));
        if (number >= long.MinValue && number <= long.MaxValue)
            Push((long)number);
        else
            Push(number);
    }

    private PickleGlobal FindGlobal(string module, string name) => PyTorchGlobals.Find(module, name) ?? throw faults.Refused($"{module}.{name}");

    private PyTorchStorage Remember(PyTorchStorage storage)
    {
        _storages.TryAdd(storage.Key, storage);
        return storage;
    }

    private void Extend(object?[] values)
    {
        switch (Peek())
        {
            case List<object?> list:
                list.AddRange(values);
                break;
            case PickleOpaque:
                break;
            default:
                throw Misplaced();
        }
    }

    private void SetItems(object?[] keysAndValues)
    {
        if (keysAndValues.Length % 2 != 0)
            throw Misplaced();
        switch (Peek())
        {
            case PickleDictionary dictionary:
                for (int i = 0; i < keysAndValues.Length; i += 2)
                    dictionary.Set(keysAndValues[i], keysAndValues[i + 1], faults);
                break;
            case PickleOpaque:
                break;
            default:
                throw Misplaced();
        }
    }

    private object? Make(object?[] call) => call switch
    {
        [PickleGlobal { Make: { } make }, object?[] arguments] => make(arguments, faults),
        [PickleGlobal global, object?[]] => throw faults.Refused(global.Name),
        _ => throw Misplaced(),
    };

    /// <summary>Attributes of an object: none matters but the byte order of NumPy's numbers.</summary>
    private void Build(object? state)
    {
        if (Peek() is NumpyType type && state is object?[] and [_, string order, ..])
            type.IsBigEndian = order == ">";
    }

    private InvalidDataException Misplaced() => faults.Damaged($"operation 0x{(byte)_operation:X2} at byte {input.Position} of its pickle finds other values than it needs");
}
