// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>The ledgers of all shards in an output folder, of one work.</summary>
internal sealed class ShardSet
{
    private readonly IReadOnlyList<(string File, ShardWork Work)> _ledgers;
    private readonly string[] _inputs;

    private ShardSet(IReadOnlyList<(string File, ShardWork Work)> ledgers, string[] inputs) => (_ledgers, _inputs) = (ledgers, inputs);

    /// <summary>What they are of.</summary>
    public ShardWork Work => _ledgers[0].Work;

    /// <summary>What each says line by line is done.</summary>
    public IEnumerable<(string File, IEnumerable<string> Lines)> Ledgers => _ledgers.Select(ledger => (ledger.File, Ledger.Read(ledger.File).Lines));

    /// <summary>Reads what the ledgers are of.</summary>
    /// <exception cref="FileNotFoundException">There is none, or no list of the images.</exception>
    /// <exception cref="InvalidDataException">They are of different work, or one is damaged.</exception>
    /// <exception cref="IOException">A process works on a shard still.</exception>
    public static ShardSet Read(string output)
    {
        string folder = Path.Combine(output, ShardLedger.Folder);
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, $"*{ShardLedger.Ending}").Where(IsBegun).Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
            throw new FileNotFoundException(
                $"'{output}' holds no ledger: nothing was scored or evaluated into it in shards, or with a ledger. Name the output folder of that.");
        var ledgers = files.Select(file => (file, ShardWork.Read(Ledger.Read(file).Work, file))).ToArray();
        var (_, first) = ledgers[0];
        foreach (var (file, work) in ledgers)
        {
            if (work.AsOf(first.Index) != first.Write())
                throw new InvalidDataException(
                    $"'{file}' is of other work than '{files[0]}': {work.DifferenceFrom(first)}. " +
                    "Delete what is not wanted, or do it anew.");
        }

        string list = Path.Combine(folder, ShardLedger.Inputs);
        if (!File.Exists(list))
            throw new FileNotFoundException($"'{list}' is missing, which lists the images. Start a shard again: it writes the list.", list);
        string[] inputs = [.. ReadLines(list).Select(ShardLedger.NameIn)];
        return ShardLedger.Hash(inputs) == first.Names
            ? new ShardSet(ledgers, inputs)
            : throw new InvalidDataException($"'{list}' lists other images than the ledgers are of. Start a shard again: it writes the list.");
    }

    /// <summary>What is missing where these are done.</summary>
    /// <param name="done">Names of images.</param>
    /// <param name="duplicates">Those that several ledgers say are done.</param>
    public FolderMergeReport Report(IReadOnlySet<string> done, IEnumerable<string> duplicates)
    {
        string[] missing = [.. _inputs.Where(name => !done.Contains(name))];
        var begun = _ledgers.Select(ledger => ledger.Work.Index).ToHashSet();
        int withImages = Math.Min(Work.Count, _inputs.Length); // of fewer images than shards, the last ones have none
        WorkShard[] missingShards = [.. Enumerable.Range(0, withImages).Where(index => !begun.Contains(index)).Select(index => new WorkShard(index, Work.Count))];
        return new FolderMergeReport(_inputs.Length, _inputs.Length - missing.Length, missing, missingShards, [.. duplicates.Order(StringComparer.Ordinal)]);
    }

    // A full disk, or a loss of power, leaves a ledger without a line.
    private static bool IsBegun(string ledger) => new FileInfo(ledger) is { LinkTarget: not null } or { Length: > 0 };

    private static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StreamReader(RegularFile.OpenRead(path, bufferSize: 1 << 16));
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
