// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Finds what is missing of a folder that was scored.</summary>
internal static class ScoringMerge
{
    /// <exception cref="InvalidDataException">The ledgers are of an evaluation, or one is damaged.</exception>
    public static FolderMergeReport Run(string output)
    {
        var shards = ShardSet.Read(output);
        if (shards.Work.Evaluation is not null)
            throw new InvalidDataException($"The ledgers in '{output}' are of an evaluation, and not of a folder that was scored. Merge them as that.");
        var done = new HashSet<string>(StringComparer.Ordinal);
        var duplicates = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, lines) in shards.Ledgers)
        {
            var own = lines.Select(ShardLedger.NameIn).ToHashSet(StringComparer.Ordinal); // one that was lost and made again stands there twice
            duplicates.UnionWith(own.Where(done.Contains));
            done.UnionWith(own);
        }

        return shards.Report(done, duplicates);
    }
}
