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

        string list = Path.Combine(folder, ScoringLedger.Inputs);
        if (!File.Exists(list))
            throw new FileNotFoundException($"'{list}' is missing, which lists the images. Start a shard again: it writes the list.", list);
        string[] inputs = [.. ReadLines(list).Select(ScoringLedger.Read)];
        if (ScoringPlan.Hash(inputs) != first!.Names) // there is a ledger
            throw new InvalidDataException($"'{list}' lists other images than the ledgers are of. Start a shard again: it writes the list.");
        string[] missing = [.. inputs.Where(name => !done.Contains(name))];
        int count = first.Count;
        int withImages = Math.Min(count, inputs.Length); // of fewer images than shards, the last ones have none
        WorkShard[] missingShards = [.. Enumerable.Range(0, withImages).Where(index => !seen.Contains(index)).Select(index => new WorkShard(index, count))];
        return new FolderMergeReport(inputs.Length, inputs.Length - missing.Length, missing, missingShards);
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StreamReader(RegularFile.OpenRead(path, bufferSize: 1 << 16));
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
