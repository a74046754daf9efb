// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Reads the ledgers of all shards in an output folder, and finds what is missing.</summary>
internal static class ShardMerge
{
    public static FolderMergeReport Run(string output)
    {
        string folder = Path.Combine(output, ScoringLedger.Folder);
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, $"*{ScoringLedger.Ending}").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
            throw new FileNotFoundException($"'{output}' holds no ledger: nothing was scored into it in shards, or with a ledger. Name the output folder of that.");

        ShardWork? first = null;
        var done = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<int>();
        foreach (string file in files)
        {
            var (line, names) = Ledger.Read(file);
            var work = ShardWork.Read(line, file);
            first ??= work;
            if (work.AsOf(first.Index) != first.Write())
                throw new InvalidDataException(
                    $"'{file}' is of other work than '{files[0]}': other images, another number of shards, another model or other files. " +
                    "Delete what is not wanted, or score anew.");
            seen.Add(work.Index);
            done.UnionWith(names.Select(ScoringLedger.Read));
        }

        string[] inputs = [.. File.ReadLines(Path.Combine(folder, ScoringLedger.Inputs)).Select(ScoringLedger.Read)];
        string[] missing = [.. inputs.Where(name => !done.Contains(name))];
        int count = first!.Count; // there is a ledger
        WorkShard[] missingShards = [.. Enumerable.Range(0, count).Where(index => !seen.Contains(index)).Select(index => new WorkShard(index, count))];
        return new FolderMergeReport(inputs.Length, inputs.Length - missing.Length, missing, missingShards);
    }
}
