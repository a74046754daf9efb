// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Which images of a folder are evaluated: listed before the first is opened.</summary>
internal sealed class EvaluationPlan
{
    private EvaluationPlan(IReadOnlyList<EvaluationSample> samples, IReadOnlyList<SkippedFile> skipped, IReadOnlyList<SkippedFile> leftOut) =>
        (Samples, Skipped, LeftOut) = (samples, skipped, leftOut);

    /// <summary>Those of all shards, in their order.</summary>
    public IReadOnlyList<EvaluationSample> Samples { get; }

    /// <summary>Images that lack their label, or labels that lack their prediction.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>Files that hold no image which is read.</summary>
    public IReadOnlyList<SkippedFile> LeftOut { get; }

    /// <summary>How many of the images belong to a shard.</summary>
    public int CountOf(WorkShard shard) => Samples.Where((_, position) => shard.Takes(position)).Count();

    /// <summary>Images and their labels.</summary>
    /// <exception cref="FileNotFoundException">There is none, or one lacks its label and none is to be left out.</exception>
    public static EvaluationPlan OfImages(string images, string labels, ReadingOptions reading)
    {
        (Kept skipped, Kept leftOut) = (new(reading.Skipped), new(reading.LeftOut));
        var samples = ImageFolder.List(images, labels, reading with { Skipped = skipped, LeftOut = leftOut });
        return new EvaluationPlan(
            [.. samples.Select(sample => new EvaluationSample(NameOf(sample.LabelPath!, labels), sample.LabelPath!, sample.ImagePath))], // a folder of labels is given
            skipped.Files, leftOut.Files);
    }

    /// <summary>Labels and the masks of the same names in another folder.</summary>
    /// <exception cref="FileNotFoundException">There is none, or one lacks its mask and none is to be left out.</exception>
    public static EvaluationPlan OfMasks(string predictions, string labels, ReadingOptions reading)
    {
        (Kept skipped, Kept leftOut) = (new(reading.Skipped), new(reading.LeftOut));
        var samples = new List<EvaluationSample>();
        var lacking = new List<EvaluationSample>();
        foreach (var (label, _) in ImageFolder.List(labels, labels: null, reading with { Skipped = skipped, LeftOut = leftOut }))
        {
            if (!Path.GetExtension(label).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                leftOut.Report(new SkippedFile(label, "no PNG, from which alone class ids are read"));
                continue;
            }

            string expected = Path.Combine(predictions, Path.GetRelativePath(labels, label));
            string[] names = [expected, Path.ChangeExtension(expected, ".png"), Path.ChangeExtension(expected, ".PNG")];
            string? found = names.FirstOrDefault(Path.Exists);
            (found is null ? lacking : samples).Add(new EvaluationSample(NameOf(label, labels), label, found ?? expected));
        }

        foreach (var sample in lacking)
        {
            string reason = $"Label '{sample.Label}' has no prediction: expected '{sample.Other}' " +
                $"({lacking.Count} of {lacking.Count + samples.Count} labels lack theirs). Predict the missing images first.";
            if (!reading.SkipFaulty)
                throw new FileNotFoundException(reason);
            skipped.Report(new SkippedFile(sample.Label, reason));
        }

        return new EvaluationPlan(samples, skipped.Files, leftOut.Files);
    }

    private static string NameOf(string label, string labels) => Path.GetRelativePath(labels, label).Replace('\\', '/');

    private sealed class Kept(IProgress<SkippedFile>? told) : IProgress<SkippedFile>
    {
        private readonly ConcurrentQueue<SkippedFile> _files = [];

        public IReadOnlyList<SkippedFile> Files => [.. _files.OrderBy(file => file.Path, StringComparer.Ordinal)];

        public void Report(SkippedFile value)
        {
            _files.Enqueue(value);
            told?.Report(value);
        }
    }
}
