// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>
/// What becomes of files that cannot be used, and who is told of files that are passed over. The default stops at the first.
/// </summary>
/// <example>
/// <code>
/// var skipped = new List&lt;SkippedFile>();
/// var reading = new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 0.1, Skipped = new Progress&lt;SkippedFile>(skipped.Add) };
/// IDataView rows = ml.SemanticSegmentation.Data.Folder("images", "labels", LabelMaps.CamVid, reading: reading);
/// </code>
/// </example>
public sealed record ReadingOptions
{
    /// <summary>
    /// Whether images are left out that cannot be read, or lack their label. Default false: the first ends reading with an exception that
    /// names it.
    /// </summary>
    public bool SkipFaulty { get; init; }

    /// <summary>
    /// The share of a set's images, from 0 to 1, of which no more may be left out so; reading fails when it is exceeded. Default 0.5.
    /// </summary>
    public double MaxSkippedShare
    {
        get;
        init
        {
            if (value is not (>= 0 and <= 1))
            {
                string message = FormattableString.Invariant($"MaxSkippedShare is a share from 0 to 1, not {value}.");
                throw new ArgumentOutOfRangeException(nameof(MaxSkippedShare), value, message);
            }

            field = value;
        }
    } = 0.5;

    /// <summary>
    /// Whether the beginning and the end of every file are looked at when it is listed, and sizes compared: most damage is then found
    /// before the work. Default false.
    /// </summary>
    public bool CheckFiles { get; init; }

    /// <summary>Rows and columns that an image must have at least to pass <see cref="CheckFiles"/>. Default 1.</summary>
    public int SmallestSide
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(SmallestSide));
            field = value;
        }
    } = 1;

    /// <summary>Folders that results are about to be written to: not read where they lie below the images. Default none.</summary>
    public IReadOnlyList<string> OutputDirectories { get; init; } = [];

    /// <summary>Told of every image that is left out because it cannot be used; may be called from several threads at once.</summary>
    public IProgress<SkippedFile>? Skipped { get; init; }

    /// <summary>Told of every image that is left out, with the fault itself.</summary>
    internal Action<string, Exception>? Fault { get; init; }

    /// <summary>
    /// Told of every file and folder that is passed over because it holds no image that is read. Null leaves it to the log of the
    /// <c>MLContext</c>.
    /// </summary>
    public IProgress<SkippedFile>? LeftOut { get; init; }

    /// <summary>Fails when more than the allowed share was left out.</summary>
    /// <param name="skipped">Images left out.</param>
    /// <param name="total">All images.</param>
    /// <param name="what">The set, in messages.</param>
    /// <param name="last">What was wrong with one of them.</param>
    /// <exception cref="InvalidDataException">It is more.</exception>
    internal void RequireShare(int skipped, int total, string what, string last)
    {
        if (skipped > 0 && (skipped > MaxSkippedShare * total || skipped == total))
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"{skipped} of {total} images of {what} cannot be used, more than the share of {MaxSkippedShare} that may be left out. The last: {last}"));
        }
    }
}
