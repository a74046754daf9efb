// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The form of PyTorch 1.6 and later: a zip archive of <c>data.pkl</c> and one member for each storage, all below one folder of any name.</summary>
/// <remarks>
/// PyTorch stores its members uncompressed, and tensors are read straight from there. A compressed storage is inflated whole;
/// the last one is kept for the other tensors in it.
/// </remarks>
internal sealed class PyTorchZip : PyTorchContainer
{
    private const string PickleName = "data.pkl";

    // Weights hardly compress, and PyTorch does not compress them. So much of a file's length may be unpacked, or a small amount.
    private const long LargestInflation = 8;
    private const long SmallInflated = 16 << 20;
    private const long LargestInflated = 1 << 30;

    private const int MostInflations = 3;

    private readonly FileStream _stream;
    private readonly PyTorchFaults _faults;
    private readonly Dictionary<string, ZipMember> _members = [];
    private readonly string _folder;
    private readonly Dictionary<string, Inflated> _inflated = [];
    private long _inflatedLength;

    public PyTorchZip(FileStream stream, PyTorchFaults faults)
    {
        (_stream, _faults) = (stream, faults);
        foreach (var member in ZipDirectory.Read(stream, faults))
        {
            if (!_members.TryAdd(member.Name, member))
                throw faults.Damaged($"its archive holds '{Excerpt.Of(member.Name)}' twice");
        }

        _folder = FindFolder();
        if (_members.TryGetValue(_folder + "byteorder", out var order) && ReadText(order) is var text and not "little")
            throw faults.NotRead($"was saved in the byte order '{Excerpt.Of(text)}'", "Save it again on a little-endian machine.");

        var pickle = _members[_folder + PickleName];
        if (pickle.Length > PickleInput.LongestPickle)
            throw PickleInput.TooLong(faults);
        var (bytes, start) = Locate(pickle);
        bytes.Position = start;
        Root = new PickleReader(new PickleInput(bytes, pickle.Length, faults), stream.Length, faults).Read();
    }

    public override string Kind => "PyTorch zip archive";

    public override object? Root { get; }

    public override long FindLength(PyTorchStorage storage) => _members.GetValueOrDefault(NameOf(storage))?.Length ?? 0;

    public override StridedReader Open(PyTorchStorage storage)
    {
        var (stream, start) = Locate(_members[NameOf(storage)]);
        return new StridedReader(stream, start);
    }

    public override void Dispose() => _stream.Dispose();

    private string NameOf(PyTorchStorage storage) => $"{_folder}data/{storage.Key}";

    private string FindFolder()
    {
        var pickles = _members.Keys.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal)).Take(2).ToArray();
        return pickles switch
        {
            [] => throw _faults.NotRead("is a zip archive without a data.pkl, so none that torch.save wrote", "Name a file that torch.save or safetensors wrote."),
            [var pickle] => pickle[..^PickleName.Length],
            [var first, var second, ..] => throw _faults.NotRead($"holds two checkpoints, '{Excerpt.Of(first)}' and '{Excerpt.Of(second)}'", "Save them in a file each."),
        };
    }

    private string ReadText(ZipMember member)
    {
        var (stream, start) = Locate(member);
        stream.Position = start;
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..(int)Math.Min(bytes.Length, member.Length)];
        return Encoding.UTF8.GetString(bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)]).Trim();
    }

    /// <summary>Where a member's bytes are to be had uncompressed.</summary>
    private (Stream Stream, long Start) Locate(ZipMember member)
    {
        string name = Excerpt.Of(member.Name);
        switch (member.Compression)
        {
            case ZipCompression.Stored when member.Length == member.CompressedLength:
                return (_stream, FindStart(member));
            case ZipCompression.Deflated when member.Length <= LargestInflated:
                return (new MemoryStream(Inflate(member), writable: false), 0);
            case ZipCompression.Deflated:
                throw _faults.NotRead($"compresses its '{name}' of {member.Length} bytes", "Unpack the archive and zip it without compression.");
            case ZipCompression.Stored:
                throw _faults.Damaged($"its '{name}' claims to unpack from {member.CompressedLength} to {member.Length} bytes");
            default:
                throw _faults.NotRead($"has '{name}' encrypted or compressed otherwise than by deflate", "Unpack the archive and zip it without compression.");
        }
    }

    private long FindStart(ZipMember member) => ZipDirectory.FindData(_stream, member, _faults);

    // One storage at a time stays in memory, unless tensors go to and fro between several.
    private byte[] Inflate(ZipMember member)
    {
        if (!_inflated.TryGetValue(member.Name, out var inflated))
        {
            _inflatedLength += member.Length;
            if (_inflatedLength > Math.Max(SmallInflated, LargestInflation * _stream.Length))
                throw _faults.NotRead(
                    $"unpacks to more than {LargestInflation} times its {_stream.Length} bytes",
                    "No weights do: take it from somebody you trust, or unpack the archive and zip it without compression.");
            _inflated.Add(member.Name, inflated = new Inflated());
        }

        if (inflated.Bytes is { } kept)
            return kept;
        foreach (var other in _inflated.Values.Where(other => other.Count < MostInflations))
            other.Bytes = null;
        inflated.Count++;
        return inflated.Bytes = Unpack(member);
    }

    private byte[] Unpack(ZipMember member)
    {
        _stream.Position = FindStart(member);
        using var inflating = new DeflateStream(_stream, CompressionMode.Decompress, leaveOpen: true);
        var bytes = new byte[member.Length];
        try
        {
            inflating.ReadExactly(bytes);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw _faults.Damaged($"its '{Excerpt.Of(member.Name)}' does not unpack to {bytes.Length} bytes", e);
        }

        return bytes;
    }

    private sealed class Inflated
    {
        public int Count { get; set; }

        public byte[]? Bytes { get; set; }
    }
}
