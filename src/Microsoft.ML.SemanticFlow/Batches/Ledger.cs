// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Imaging;

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

    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private int _unflushed;

    private Ledger(FileStream file, IReadOnlyList<string> lines) => (_file, Lines) = (file, lines);

    /// <summary>What earlier starts did, in their order, without the first line.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Opens the ledger of some work, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="work">What the work is, in one line: another start must say the same.</param>
    /// <exception cref="InvalidDataException">The file says that it is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on it.</exception>
    public static Ledger Open(string path, string work)
    {
        var file = Hold(path);
        try
        {
            var lines = ReadWhole(file, out long end);
            if (lines.Count > 0 && lines[0] != work)
                throw new InvalidDataException(
                    $"'{path}' is of other work: it says '{Excerpt.Of(lines[0])}', and this would be '{Excerpt.Of(work)}'. " +
                    "Name another folder, or delete that file to begin anew.");
            file.SetLength(end);
            file.Position = end;
            var ledger = new Ledger(file, [.. lines.Skip(1)]);
            if (lines.Count == 0)
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
    /// <returns>What the work is, and what is done of it.</returns>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    /// <exception cref="IOException">A process works on it still.</exception>
    public static (string Work, IReadOnlyList<string> Lines) Read(string path)
    {
        using var file = RegularFile.OpenRead(path);
        return ReadWhole(file, out _) is [var work, .. var lines] ? (work, lines) : throw new InvalidDataException($"'{path}' is no ledger, or was never begun. Start its work.");
    }

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

    // Up to the first line that is not whole: what comes after it was never handed over in order.
    private static List<string> ReadWhole(Stream file, out long end)
    {
        var lines = new List<string>();
        end = 0;
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        var rest = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        for (int length; (length = rest.IndexOf((byte)'\n')) >= ChecksumLength; rest = rest[(length + 1)..])
        {
            var text = rest[ChecksumLength..length];
            if (!uint.TryParse(rest[..(ChecksumLength - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint checksum) || checksum != Crc32.Compute(text))
                break;
            lines.Add(Encoding.UTF8.GetString(text));
            end += length + 1;
        }

        return lines;
    }
}
