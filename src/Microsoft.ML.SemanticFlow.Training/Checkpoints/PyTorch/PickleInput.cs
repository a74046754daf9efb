// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The bytes of pickles, read forwards. No declared length is believed before it is known to fit.</summary>
/// <param name="stream">Read from its position.</param>
/// <param name="length">Bytes that the stream still has.</param>
/// <param name="faults">Makes the messages.</param>
internal sealed class PickleInput(Stream stream, long length, PyTorchFaults faults)
{
    /// <summary>Bytes of pickles that are read. Those of a large network's weights and optimiser take 1 MB.</summary>
    public const long LongestPickle = 64 << 20;

    private const int LongestLine = 1024;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly long _limit = Math.Min(length, LongestPickle);
    private int _next;
    private int _filled;
    private long _before;

    /// <summary>That a pickle is longer than <see cref="LongestPickle"/>.</summary>
    public static InvalidDataException TooLong(PyTorchFaults faults) =>
        faults.NotRead($"holds more than {LongestPickle >> 20} MB beside its tensors", "Save the weights alone, as torch.save(model.state_dict(), path) does.");

    /// <summary>Bytes consumed.</summary>
    public long Position => _before + _next;

    public byte ReadByte()
    {
        if (_next == _filled)
            Refill();
        return _buffer[_next++];
    }

    /// <summary>Reads an unsigned number of up to 8 bytes, little-endian.</summary>
    public ulong ReadUnsigned(int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        Read(bytes[..size]);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public int ReadInt32() => unchecked((int)ReadUnsigned(sizeof(int)));

    public double ReadBigEndianDouble()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        Read(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    public byte[] ReadBytes(ulong count)
    {
        if (count > (ulong)(_limit - Position))
            throw Ended();
        var bytes = new byte[(int)count];       // not above LongestPickle
        Read(bytes);
        return bytes;
    }

    public string ReadText(ulong count) => Encoding.UTF8.GetString(ReadBytes(count));

    /// <summary>Reads text up to a line feed.</summary>
    public string ReadLine()
    {
        Span<byte> line = stackalloc byte[LongestLine];
        for (int length = 0; length < LongestLine; length++)
        {
            line[length] = ReadByte();
            if (line[length] == '\n')
                return Encoding.UTF8.GetString(line[..length]);
        }

        throw faults.Damaged($"a name at byte {Position} of its pickle does not end");
    }

    private void Read(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (_next == _filled)
                Refill();
            int count = Math.Min(destination.Length, _filled - _next);
            _buffer.AsSpan(_next, count).CopyTo(destination);
            destination = destination[count..];
            _next += count;
        }
    }

    private void Refill()
    {
        _before += _filled;
        _next = _filled = 0;
        int most = (int)Math.Min(_buffer.Length, _limit - _before);
        _filled = most > 0 ? stream.Read(_buffer, 0, most) : 0;
        if (_filled == 0)
            throw Ended();
    }

    private InvalidDataException Ended() => _limit < length ? TooLong(faults) : faults.Damaged($"it ends inside its pickle, at byte {Position} of {length}");
}
