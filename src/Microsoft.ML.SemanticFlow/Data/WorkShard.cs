// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One of several equal parts of some work: every so many-th of its inputs.</summary>
/// <remarks>Parts differ by one input at most, and together are the whole, whatever their number.</remarks>
/// <example>
/// <code>
/// WorkShard shard = WorkShard.FromEnvironment()?.Shard ?? WorkShard.Parse("2/16");   // what Slurm, Kubernetes or MPI say
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", new FolderScoringOptions { Shard = shard });
/// </code>
/// </example>
public readonly record struct WorkShard
{
    /// <summary>A part.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="count">Of how many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public WorkShard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if ((uint)index >= (uint)count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Of {count} shards there are those from 0 to {count - 1}, and not {index}.");
        (Index, _rest) = (index, count - 1);
    }

    // So that the default value is the whole.
    private readonly int _rest;

    /// <summary>All of the work.</summary>
    public static WorkShard Whole => default;

    /// <summary>Which part, from 0.</summary>
    public int Index { get; }

    /// <summary>Of how many.</summary>
    public int Count => _rest + 1;

    /// <summary>Whether it is the only one.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Reads <c>1/4</c> to <c>4/4</c>: people count from 1.</summary>
    /// <param name="text">Such as <c>2/16</c>.</param>
    /// <exception cref="FormatException">It is not of that form, or there is no such part.</exception>
    public static WorkShard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && number >= 1 && number <= count
            ? new WorkShard(number - 1, count)
            : throw new FormatException($"'{text}' is no shard. Write I/N, from 1/N to N/N.");
    }

    /// <summary>What the scheduler of a cluster says that this process is to do.</summary>
    /// <param name="read">Reads a variable of the environment; null for that of the process.</param>
    /// <returns>The shard, and the variables that say it; null where there are none.</returns>
    /// <remarks>
    /// In this order: a Slurm array (SLURM_ARRAY_TASK_ID, _MIN, _STEP and _COUNT), a Kubernetes Indexed Job (JOB_COMPLETION_INDEX with
    /// JOB_COMPLETIONS, which the job's file has to set), the processes of Open MPI (OMPI_COMM_WORLD_RANK, _SIZE) and of MPICH (PMI_RANK, _SIZE).
    /// </remarks>
    /// <exception cref="FormatException">They contradict each other.</exception>
    public static (WorkShard Shard, string Source)? FromEnvironment(Func<string, string?>? read = null)
    {
        read ??= Environment.GetEnvironmentVariable;
        if (Number("SLURM_ARRAY_TASK_ID") is { } task && Number("SLURM_ARRAY_TASK_COUNT") is { } tasks)
        {
            int step = Number("SLURM_ARRAY_TASK_STEP") ?? 1, away = task - (Number("SLURM_ARRAY_TASK_MIN") ?? 0);
            return (Of(step > 0 && away % step == 0 ? away / step : -1, tasks, "SLURM_ARRAY_TASK_ID"), "SLURM_ARRAY_TASK_ID");
        }

        foreach (var (index, count) in ((string, string)[])[
            ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE")])
        {
            if (Number(index) is { } number && Number(count) is { } of)
                return (Of(number, of, index), index);
        }

        return null;

        int? Number(string name) => read(name) is not { Length: > 0 } text ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
            : throw new FormatException($"The environment variable {name} is '{text}', which is no number.");
    }

    /// <summary>Whether an input belongs to this part.</summary>
    /// <param name="position">Its place among all inputs, from 0.</param>
    public bool Takes(long position) => position % Count == Index;

    /// <returns>Such as <c>2/16</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index + 1}/{Count}");

    private static WorkShard Of(int index, int count, string name) => count > 0 && (uint)index < (uint)count
        ? new WorkShard(index, count)
        : throw new FormatException($"The environment variable {name} says part {index} of {count}, counted from 0: there is none.");
}
