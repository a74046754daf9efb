// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a folder of images is scored.</summary>
/// <example>
/// <code>
/// var options = new FolderScoringOptions
/// {
///     Outputs = [FolderOutput.Mask(), FolderOutput.Overlay()],
///     KeepsLedger = true,                                       // a later start does only what is missing
///     Reading = new ReadingOptions { SkipFaulty = true },
/// };
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", options);
/// </code>
/// </example>
public sealed record FolderScoringOptions
{
    /// <summary>What is written for each image. Default its mask, in raw ids.</summary>
    /// <exception cref="ArgumentException">There is none, or two write files that end alike.</exception>
    public IReadOnlyList<FolderOutput> Outputs
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0)
                throw new ArgumentException("Outputs must hold at least one: what shall be written?", nameof(Outputs));
            if (value.SelectMany(output => output.Endings).GroupBy(ending => ending, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw new ArgumentException($"Two files of Outputs end in '{twice.Key}'. Give each an ending of its own.", nameof(Outputs));
            field = value;
        }
    } = [FolderOutput.Mask()];

    /// <summary>Scales, mirrored copies and tiles that each mask is the mean of; null for the model's own.</summary>
    public InferenceOptions? Inference { get; init; }

    /// <summary>What becomes of images that cannot be used, and who is told.</summary>
    public ReadingOptions Reading { get; init; } = new();

    /// <summary>Which part of the folder is scored, where several processes or machines share the work. Default all of it.</summary>
    public WorkShard Shard { get; init; }

    /// <summary>
    /// Whether a ledger of what is done is kept in the output folder, under <c>shards</c>: a process that was killed goes on where it was. Another model,
    /// other images or other outputs are then refused. Default false.
    /// </summary>
    public bool KeepsLedger { get; init; }

    /// <summary>Images worked on at once, each by one thread; null for one a processor. Memory grows with it, not with the folder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? MaxDegreeOfParallelism
    {
        get;
        init
        {
            if (value is < 1)
                throw new ArgumentOutOfRangeException(nameof(MaxDegreeOfParallelism), value, $"MaxDegreeOfParallelism must be at least 1, not {value}.");
            field = value;
        }
    }

    /// <summary>Told after each image how many are done, and of how many; may be called by several threads at once.</summary>
    public IProgress<(int Done, int Total)>? Progress { get; init; }

    /// <summary>Ends the work with <see cref="OperationCanceledException"/>; what is written stays.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>What an image's files are called, by its path below the folder without the ending; null to keep that.</summary>
    internal Func<string, string>? NameOf { get; init; }

    /// <summary>Told of each image before it is read.</summary>
    internal Action<string>? Starting { get; init; }
}
