// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>A file that says line by line what is done, and only grows. What a process that was killed left unfinished at its end is cut off.</summary>
/// <remarks>
/// A line is handed to the system at once, so the end of the process loses none; every <see cref="Batch"/> lines the disk has them, so a loss of
/// power loses one batch at most. Each line begins with its checksum. The first says what the work is. Held by one process at a time.
/// </remarks>
internal sealed class Ledger : IDisposable
{
    /// <summary>Lines that a loss of power may take.</summary>
    public const int Batch = 32;

    // Of an IOException: somebody else holds the file.
    private const int SharingViolation = unchecked((int)0x80070020), LinuxWouldBlock = 11, MacWouldBlock = 35;
    private const int ChecksumLength = 9; // eight digits and a space
    private const int ReadLength = 1 << 16;

    private readonly FileStream _file;
    private readonly long _earlier;
    private readonly Lock _gate = new();
    private int _unflushed;

    private Ledger(FileStream file, long earlier) => (_file, _earlier) = (file, earlier);

    /// <summary>What earlier starts did, in their order, without the first line: read from the file each time.</summary>
    public IEnumerable<string> Lines => ReadWhole(_file.SafeFileHandle).TakeWhile(line => line.End <= _earlier).Skip(1).Select(line => line.Text);

    /// <summary>Opens the ledger of some work, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="work">What the work is, in one line: another start must say the same.</param>
    /// <param name="tell">What tells the work that the file says from this, in words; null where the two lines tell.</param>
    /// <exception cref="InvalidDataException">The file says that it is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on it.</exception>
    public static Ledger Open(string path, string work, Func<string, string>? tell = null)
    {
        var file = Hold(path);
        try
        {
            string? first = null;
            long end = 0;
            foreach (var line in ReadWhole(file.SafeFileHandle))
                (first, end) = (first ?? line.Text, line.End);
            if (first is not null && first != work)
                throw new InvalidDataException(
                    $"'{path}' is of other work: {tell?.Invoke(first) ?? $"it says '{Excerpt.Of(first)}', and this would be '{Excerpt.Of(work)}'"}. " +
                    "Name another folder, or delete that file to begin anew.");
            file.SetLength(end);
            file.Position = end;
            var ledger = new Ledger(file, end);
            if (first is null)
                ledger.Add(work);
            return ledger;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a ledger that nobody needs to have finished.</summary>
    /// <returns>What the work is, and what is done of it, read from the file each time.</returns>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    /// <exception cref="IOException">A process works on it still.</exception>
    public static (string Work, IEnumerable<string> Lines) Read(string path) => (
        ReadLines(path).FirstOrDefault() ?? throw new InvalidDataException($"'{path}' is no ledger, or was never begun. Start its work."),
        ReadLines(path).Skip(1));

    /// <summary>Adds a line; any thread may.</summary>
    /// <param name="line">What was done, without line breaks.</param>
    public void Add(string line)
    {
        byte[] text = Encoding.UTF8.GetBytes(line);
        byte[] bytes = [.. Encoding.ASCII.GetBytes(Crc32.Compute(text).ToString("x8", CultureInfo.InvariantCulture)), (byte)' ', .. text, (byte)'\n'];
        lock (_gate)
        {
            _file.Write(bytes);
            bool isBatch = ++_unflushed >= Batch;
            _file.Flush(flushToDisk: isBatch);
            if (isBatch)
                _unflushed = 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_unflushed > 0)
                _file.Flush(flushToDisk: true);
            _file.Dispose();
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
        }
        catch (IOException inner) when (inner.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            throw new InvalidOperationException($"Another process does the work of '{path}'. Let it end, or name another shard.", inner);
        }
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using var file = RegularFile.OpenRead(path);
        foreach (var (text, _) in ReadWhole(file.SafeFileHandle))
            yield return text;
    }

    // Up to the first line that is not whole: what comes after it was never handed over in order.
    private static IEnumerable<(string Text, long End)> ReadWhole(SafeFileHandle file)
    {
        byte[] buffer = new byte[ReadLength];
        int start = 0, end = 0; // of the bytes in the buffer
        for (long position = 0; ;)
        {
            if (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (TextOf(buffer.AsSpan(start, length)) is not { } text)
                    yield break;
                start += length + 1;
                position += length + 1;
                yield return (text, position);
                continue;
            }

            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            int read = RandomAccess.Read(file, buffer.AsSpan(end), position + end);
            if (read == 0)
                yield break;
            end += read;
        }
    }

    private static string? TextOf(ReadOnlySpan<byte> line)
    {
        if (line.Length < ChecksumLength)
            return null;
        var text = line[ChecksumLength..];
        return uint.TryParse(line[..(ChecksumLength - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint checksum) && checksum == Crc32.Compute(text)
            ? Encoding.UTF8.GetString(text)
            : null;
    }
}
