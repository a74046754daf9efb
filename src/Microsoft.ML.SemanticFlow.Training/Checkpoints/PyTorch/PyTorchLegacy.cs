// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Numerics;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The form of PyTorch before 1.6: five pickles, then the storages, each behind the count of its elements.</summary>
/// <remarks>The pickles: a magic number, the protocol's number, facts of the machine, the object, the storages' keys in order.</remarks>
internal sealed class PyTorchLegacy : PyTorchContainer
{
    private const long Protocol = 1001;

    private static readonly BigInteger _magic = new((ReadOnlySpan<byte>)[0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    private readonly FileStream _stream;
    private readonly PyTorchFaults _faults;
    private readonly Dictionary<string, (long Start, long Length)> _places = [];

    public PyTorchLegacy(FileStream stream, PyTorchFaults faults)
    {
        (_stream, _faults) = (stream, faults);
        var input = new PickleInput(stream, stream.Length, faults);
        var pickles = new PickleReader(input, stream.Length, faults);
        if (!_magic.Equals(pickles.Read()))
            throw faults.NotRead("is a pickle, but none that torch.save wrote", "Name a file that torch.save or safetensors wrote.");
        if (pickles.Read() is not Protocol)
            throw faults.NotRead("is of another version of PyTorch's older format than 1001", "Save it again with a current PyTorch.");
        if (pickles.Read() is PickleDictionary machine && machine.Get("little_endian") is false)
            throw faults.NotRead("was saved on a big-endian machine", "Save it again on a little-endian one.");

        Root = pickles.Read();
        if (pickles.Read() is not List<object?> keys)
            throw faults.Damaged("it has no list of its storages");
        FindStorages(keys, pickles.Storages, input.Position);
    }

    public override string Kind => "PyTorch file of the form before 1.6";

    public override object? Root { get; }

    public override long FindLength(PyTorchStorage storage) => _places.GetValueOrDefault(storage.Key).Length;

    public override StridedReader Open(PyTorchStorage storage) => new(_stream, _places[storage.Key].Start);

    public override void Dispose() => _stream.Dispose();

    private void FindStorages(List<object?> keys, IReadOnlyDictionary<string, PyTorchStorage> storages, long position)
    {
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (object? key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage))
                throw _faults.Damaged("it lists a storage that nothing refers to");
            _stream.Position = position;
            if (_stream.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) < count.Length)
                throw _faults.Damaged($"it ends before storage '{Excerpt.Of(name)}'");
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count)
                throw _faults.Damaged($"storage '{Excerpt.Of(name)}' has {BinaryPrimitives.ReadInt64LittleEndian(count)} elements where {storage.Count} are due");

            position += count.Length;
            if (storage.Bytes > _stream.Length - position)
                throw _faults.Damaged($"it ends inside storage '{Excerpt.Of(name)}', which takes {storage.Bytes} bytes of which {_stream.Length - position} are there");
            _places[name] = (position, storage.Bytes);
            position += storage.Bytes;
        }
    }
}
