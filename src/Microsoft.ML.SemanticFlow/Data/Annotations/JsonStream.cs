// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>Reads the arrays of a JSON file element by element: no more of it is held than the largest element has.</summary>
internal static class JsonStream
{
    private const int FirstBuffer = 1 << 16;

    /// <summary>Takes an element.</summary>
    /// <param name="array">The member whose array it is of; empty where the file is one array.</param>
    /// <param name="element">The element's text.</param>
    /// <param name="offset">Where it begins in the file.</param>
    public delegate void Take(string array, ReadOnlySpan<byte> element, long offset);

    /// <summary>Reads the arrays at the top of a file.</summary>
    /// <param name="path">The file: an object with arrays, or one array.</param>
    /// <param name="wanted">The members whose elements are taken; empty for a file that is one array.</param>
    /// <param name="take">Takes each element.</param>
    /// <exception cref="InvalidDataException">It is no JSON to its end.</exception>
    public static void Read(string path, IReadOnlyCollection<string> wanted, Take take)
    {
        string source = $"'{Path.GetFileName(path)}'";
        Json.Guard(source, () =>
        {
            using var file = RegularFile.OpenRead(path);
            using var walk = new Walk(file, wanted, take);
            walk.Run();
            return true;
        });
    }

    /// <summary>The members of the object that a file is, or of the first element of the array that it is, as far as its beginning shows
    /// them.</summary>
    /// <returns>The names; with the empty name where it is an array. Nothing where it is no JSON.</returns>
    public static IReadOnlySet<string> Peek(string path)
    {
        var names = new HashSet<string>();
        byte[] start = new byte[FirstBuffer];
        try
        {
            using var file = RegularFile.OpenRead(path);
            int count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            var reader = new Utf8JsonReader(start.AsSpan(Mark(start), count - Mark(start)), isFinalBlock: false, default);
            for (int depth = 1; reader.Read();)
            {
                if (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0)
                {
                    names.Add("");
                    depth = 2;
                }
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth)
                {
                    names.Add(reader.GetString()!); // a name is no null
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException)
        {
            // What was read so far tells; that it is damaged is said by who reads it.
        }

        return names;
    }

    private static int Mark(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;

    private sealed class Walk(Stream file, IReadOnlyCollection<string> wanted, Take take) : IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        private int _filled;
        private int _read;          // in the buffer
        private long _offset;       // of the buffer in the file
        private bool _isLast;
        private JsonReaderState _state;

        private string? _array;     // that the reader is in, where it is wanted
        private string _member = "";
        private int _itemDepth;
        private long _itemStart = -1;

        public void Run()
        {
            Fill();
            _read = Mark(_buffer.AsSpan(0, _filled));
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_read, _filled - _read), _isLast, _state);
                while (reader.Read())
                    Step(ref reader);
                _read += (int)reader.BytesConsumed;
                _state = reader.CurrentState;
                if (_isLast)
                    return;
                Fill();
            }
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

        private void Step(ref Utf8JsonReader reader)
        {
            long start = _offset + _read + reader.TokenStartIndex, end = _offset + _read + reader.BytesConsumed;
            var token = reader.TokenType;
            if (_array is not null && reader.CurrentDepth == _itemDepth)
            {
                if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    _itemStart = start;
                else
                    Give(token is JsonTokenType.EndObject or JsonTokenType.EndArray ? _itemStart : start, end);
            }
            else if (_array is not null && token == JsonTokenType.EndArray && reader.CurrentDepth == _itemDepth - 1)
            {
                _array = null;
            }
            else if (_array is null && reader.CurrentDepth == 1 && token == JsonTokenType.PropertyName)
            {
                _member = reader.GetString()!; // a name is no null
            }
            else if (_array is null && token == JsonTokenType.StartArray && reader.CurrentDepth == (wanted.Count == 0 ? 0 : 1)
                && (wanted.Count == 0 || wanted.Contains(_member)))
            {
                (_array, _itemDepth) = (wanted.Count == 0 ? "" : _member, reader.CurrentDepth + 1);
            }
        }

        private void Give(long start, long end)
        {
            _itemStart = -1;
            take(_array!, _buffer.AsSpan((int)(start - _offset), (int)(end - start)), start); // it is in an array
        }

        // What is read is let go, but for the element that has begun.
        private void Fill()
        {
            int keep = _itemStart >= 0 ? (int)(_itemStart - _offset) : _read;
            _buffer.AsSpan(keep, _filled - keep).CopyTo(_buffer);
            (_offset, _read, _filled) = (_offset + keep, _read - keep, _filled - keep);
            if (_filled == _buffer.Length)
                Grow();
            int count = file.Read(_buffer, _filled, _buffer.Length - _filled);
            _filled += count;
            _isLast = count == 0;
        }

        private void Grow()
        {
            if (_buffer.Length >= 1 << 30)
                throw new InvalidDataException("One element of the file has more than a gigabyte. Check the file.");
            byte[] larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
