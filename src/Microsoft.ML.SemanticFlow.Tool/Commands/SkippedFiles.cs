// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The files that a command passes over: said as they come, listed at the end.</summary>
internal sealed class SkippedFiles(Terminal terminal)
{
    private readonly ConcurrentQueue<SkippedFile> _skipped = [];
    private readonly ConcurrentQueue<SkippedFile> _leftOut = [];
    private int _deep;

    /// <summary>Images that could not be used.</summary>
    public int Count => _skipped.Count;

    /// <summary>What went wrong with them, for machines.</summary>
    public object Skipped => Sorted(_skipped).Select(file => new { image = file.Path, reason = file.Reason });

    /// <summary>Files that hold no image which is read, for machines.</summary>
    public object LeftOut => Sorted(_leftOut).Select(file => new { file = file.Path, reason = file.Reason });

    /// <summary>These options, telling this of every file.</summary>
    public ReadingOptions Hear(ReadingOptions reading) =>
        reading with { Skipped = new Listener(Skip), LeftOut = new Listener(LeaveOut) };

    /// <summary>Says and keeps an image that could not be used.</summary>
    public void Skip(SkippedFile file)
    {
        _skipped.Enqueue(file);
        terminal.WriteLine($"Skipped '{file.Path}': {file.Reason.ReplaceLineEndings(" ")}");
    }

    /// <summary>Keeps a file that was passed over as no image.</summary>
    public void LeaveOut(SkippedFile file) => _leftOut.Enqueue(file);

    /// <summary>Says what was passed over as no image.</summary>
    public void SayLeftOut()
    {
        if (!_leftOut.IsEmpty)
            terminal.WriteLine($"Passed over {SkippedFile.Summarize(Sorted(_leftOut))}.");
    }

    /// <summary>Counts an image that has more bits than are read.</summary>
    public void CountDeep(string path)
    {
        bool isPng = Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase);
        if (isPng && SegmentationImageInfo.Read(path).BitsPerChannel == 16)
            Interlocked.Increment(ref _deep);
    }

    /// <summary>Says how images of 16 bits were read, where nobody chose it.</summary>
    public void SayDeep()
    {
        if (_deep > 0)
        {
            terminal.WriteLine(
                $"{_deep} images have 16 bits a channel, of which the upper 8 are read: of 12 bits 16 levels are left. " +
                "--gray16 stretch reads gray ones by their own range, in training as in scoring; --gray16 scale says that this is meant.");
        }
    }

    /// <summary>Why the command fails although it went to its end; null where no more was skipped than may be.</summary>
    /// <param name="total">All images, with those that were skipped.</param>
    /// <param name="share">How many may be.</param>
    public string? Excess(int total, double share) => Count > share * total
        ? FormattableString.Invariant($"{Count} of {total} images were skipped, more than the share of {share} that --max-skipped allows.")
        : null;

    /// <summary>Says where more was skipped than may be.</summary>
    /// <returns>The exit code of the command.</returns>
    public int Judge(int total, double share)
    {
        if (Excess(total, share) is not { } excess)
            return ExitCode.Done;
        terminal.WriteLine(excess);
        return ExitCode.BadInput;
    }

    private static IEnumerable<SkippedFile> Sorted(IEnumerable<SkippedFile> files) =>
        files.OrderBy(file => file.Path, StringComparer.Ordinal);

    // Told on the thread that reads, unlike Progress<T>.
    private sealed class Listener(Action<SkippedFile> hear) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value) => hear(value);
    }
}
