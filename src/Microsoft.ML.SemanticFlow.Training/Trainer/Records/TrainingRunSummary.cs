// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a run came to, from the files in its folder.</summary>
/// <example>
/// <code>
/// foreach (TrainingRunSummary run in TrainingRuns.Find("runs"))
///     Console.WriteLine($"{run.Directory}: {run.BestMeanIoU}");
/// </code>
/// </example>
public sealed class TrainingRunSummary
{
    internal TrainingRunSummary(string directory) => Directory = directory;

    /// <summary>The folder of the run.</summary>
    public string Directory { get; }

    /// <summary>The id of the network; null where the record cannot be read.</summary>
    public string? Network { get; internal init; }

    /// <summary>How the last start ended: "finished", "cancelled" or "failed"; "running" also when its process was killed, "damaged" where its record cannot be read.</summary>
    public required string State { get; init; }

    /// <summary>Why it failed, or what is damaged; null where neither is so.</summary>
    public string? Problem { get; internal init; }

    /// <summary>Epochs complete.</summary>
    public int Epoch { get; internal init; }

    /// <summary>The epoch of the best validation; null where none was made.</summary>
    public int? BestEpoch { get; internal init; }

    /// <summary>The best mean IoU of a validation, in [0, 1]; null where none was made.</summary>
    public double? BestMeanIoU { get; internal init; }

    /// <summary>The mean IoU of each validation that was made, in the order of the epochs.</summary>
    public IReadOnlyList<double> MeanIoUs { get; internal init; } = [];

    /// <summary>When it was started first, in universal time; null where the record cannot be read.</summary>
    public DateTime? StartedAt { get; internal init; }

    /// <summary>The time that training took, over all starts.</summary>
    public TimeSpan TrainingTime { get; internal init; }
}
