// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Evaluation;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Adds what the shards of an evaluation counted, each image once.</summary>
internal static class EvaluationMerge
{
    /// <exception cref="InvalidDataException">The ledgers are of a folder that was scored, one is damaged, or two say different things of one image.</exception>
    public static FolderEvaluationMergeReport Run(string output, bool keepImages)
    {
        var shards = ShardSet.Read(output);
        var work = shards.Work.Evaluation
            ?? throw new InvalidDataException($"The ledgers in '{output}' are of a folder that was scored, and not of an evaluation. Merge them as that.");
        bool keeps = keepImages || work.Measures.Suspects is not null; // suspects are remembered with their images
        var evaluation = new SegmentationEvaluation(LabelMap.Parse(work.Labels.Name, work.Labels.Table), work.Measures with { KeepImages = keeps });
        var counted = new Dictionary<string, (string File, uint Checksum)>(StringComparer.Ordinal);
        var skipped = new Dictionary<string, SkippedFile>(StringComparer.Ordinal);
        var sources = new Dictionary<string, string>();
        HashSet<string> duplicates = [];
        HashSet<SkippedFile> lacking = [], leftOut = [];
        foreach (var (file, lines) in shards.Ledgers)
        {
            foreach (string text in lines)
            {
                var line = EvaluatedLine.Read(text);
                if (line.Counted is { Name: { } name } image)
                    Count(file, name, image, Crc32.Compute(Encoding.UTF8.GetBytes(text)));
                else if (line is { Name: { } faulty, Skipped: { } fault })
                    skipped[faulty] = fault;
                else if (line.Skipped is { } unlabelled)
                    lacking.Add(unlabelled);
                else if (line.LeftOut is { } other)
                    leftOut.Add(other);
            }
        }

        foreach (string name in counted.Keys)
            skipped.Remove(name); // mended since
        var report = shards.Report(counted.Keys.Concat(skipped.Keys).ToHashSet(StringComparer.Ordinal), duplicates);
        return new FolderEvaluationMergeReport(evaluation, report, lacking.Count, Sorted(skipped.Values.Concat(lacking)), Sorted(leftOut));

        void Count(string file, string name, EvaluationFile.Image image, uint checksum)
        {
            if (counted.TryAdd(name, (file, checksum)))
            {
                evaluation.Add(evaluation.FromFile(image, sources, $"'{file}', image '{name}'"));
                return;
            }

            var (other, before) = counted[name];
            if (before != checksum)
                throw new InvalidDataException($"'{other}' and '{file}' say different things of image '{name}'. Delete the ledger that does not hold, and start its shard again.");
            duplicates.Add(name);
        }
    }

    private static IReadOnlyList<SkippedFile> Sorted(IEnumerable<SkippedFile> files) => [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
}
