// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>What becomes of the images of a set that cannot be used, as <see cref="ReadingOptions"/> says. Thread-safe.</summary>
/// <param name="reading">Whether they are left out, how many may be, and who is told.</param>
/// <param name="what">The set, in messages.</param>
internal sealed class SampleFaults(ReadingOptions reading, string what)
{
    private readonly Lock _gate = new();
    private string _last = "";

    /// <summary>How many were left out.</summary>
    public int Count { get; private set; }

    public bool Skips => reading.SkipFaulty;

    /// <summary>Whether a failure is a file's: it cannot be opened or read, or does not hold what it should.</summary>
    public static bool IsOfFile(Exception fault) => fault is InvalidDataException or IOException or UnauthorizedAccessException;

    /// <summary>Leaves an image out.</summary>
    /// <exception cref="Exception">The fault itself, where the first ends reading.</exception>
    public void Add(string path, Exception fault)
    {
        if (!reading.SkipFaulty)
            throw fault;
        lock (_gate)
            (Count, _last) = (Count + 1, fault.Message);
        reading.Fault?.Invoke(path, fault);
        reading.Skipped?.Report(new SkippedFile(path, fault.Message));
    }

    /// <exception cref="InvalidDataException">More were left out than may be.</exception>
    /// <param name="used">Images that can be used.</param>
    public void RequireShare(int used)
    {
        lock (_gate)
            reading.RequireShare(Count, Count + used, what, _last);
    }
}
