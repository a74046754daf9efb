// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a folder of images or masks is compared with its labels.</summary>
public sealed record FolderEvaluationOptions
{
    /// <summary>What is measured. Default the confusion matrix, of each image too.</summary>
    /// <exception cref="ArgumentException">Instances of Cityscapes are asked for, which no folder of masks holds.</exception>
    public SegmentationEvaluationOptions Measures
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value.CityscapesInstances
                ? throw new ArgumentException($"Instances need more than two masks. Count them with {nameof(SegmentationEvaluation)}.", nameof(Measures))
                : value;
        }
    } = new();

    /// <summary>Ids in the label files. Default raw.</summary>
    public MaskIds LabelIds { get; init; }

    /// <summary>Ids in the files of masks that are compared, where no model scores. Default raw.</summary>
    public MaskIds MaskIds { get; init; }

    /// <summary>Scales, mirrored copies and tiles that each mask is the mean of; null for the model's own.</summary>
    public InferenceOptions? Inference { get; init; }

    /// <summary>What becomes of images that cannot be used, and who is told.</summary>
    public ReadingOptions Reading { get; init; } = new();

    /// <summary>Which part of the folder is counted, where several processes or machines share the work. Default all of it.</summary>
    public WorkShard Shard { get; init; }

    /// <summary>
    /// A folder under which <c>shards</c> keeps a ledger of what each image came to: a process that was killed goes on where it was, and shards are merged from
    /// it. Another model, other images or measures are then refused. Null, the default, keeps none.
    /// </summary>
    public string? LedgerDirectory { get; init; }

    /// <summary>Images worked on at once, each by one thread; null for one a processor. Memory grows with it.</summary>
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

    /// <summary>Ends the work with <see cref="OperationCanceledException"/>; the ledger keeps what was counted.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>What is asked of a model besides its masks; null for what the measures can use.</summary>
    internal PredictionDetails? Details { get; init; }

    /// <summary>Told of each image before a model reads it.</summary>
    internal Action<string>? Starting { get; init; }

    /// <summary>What a model is asked for besides masks.</summary>
    internal PredictionDetails NeededDetails => Measures.Calibration is null ? PredictionDetails.None : Details ?? PredictionDetails.Probabilities;
}
