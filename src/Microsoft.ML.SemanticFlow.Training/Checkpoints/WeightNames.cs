// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Names of tensors: what wrappers put before them, and how many are told in few words.</summary>
internal static class WeightNames
{
    private const int Most = 6;

    // DataParallel and DistributedDataParallel write the first, torch.compile the second.
    private static readonly string[] _wrappers = [.. Wrappers.Select(wrapper => wrapper + ".")];

    /// <summary>The modules of wrappers, which tell nothing of what they hold.</summary>
    public static IReadOnlyList<string> Wrappers => ["module", "_orig_mod"];

    /// <summary>Whether a key says that what it leads to are averages over steps.</summary>
    public static bool IsAverage(string key) => key.Contains("ema", StringComparison.OrdinalIgnoreCase) || key.Contains("average", StringComparison.OrdinalIgnoreCase);

    /// <summary>A name without what wrappers put before it, however often.</summary>
    public static string Strip(string name)
    {
        while (_wrappers.FirstOrDefault(wrapper => name.StartsWith(wrapper, StringComparison.Ordinal)) is { } wrapper)
            name = name[wrapper.Length..];
        return name;
    }

    /// <summary>The first few, and how many more.</summary>
    public static string Shorten<T>(IReadOnlyList<T> items) =>
        items.Count <= Most ? string.Join(", ", items) : $"{string.Join(", ", items.Take(Most - 1))} and {items.Count - Most + 1} more";

    /// <summary>Few names as they are; many by the module they have in common, as <c>head.dsn.* (18)</c>.</summary>
    public static string Group(IReadOnlyList<string> names)
    {
        if (names.Count <= Most)
            return string.Join(", ", names);

        var (common, branches) = Branch("", names);
        return common.Length > 0
            ? $"{common}.* ({names.Count})"
            : Shorten([.. branches.Select(branch => branch.ToArray() is [var only] ? only : $"{Branch(branch.Key, [.. branch]).Common}.* ({branch.Count()})")]);
    }

    // Follows two names or more down to the module in which they part.
    private static (string Common, IReadOnlyList<IGrouping<string, string>> Branches) Branch(string prefix, IReadOnlyList<string> names)
    {
        while (true)
        {
            int start = prefix.Length == 0 ? 0 : prefix.Length + 1;
            var branches = names.GroupBy(name => name.IndexOf('.', Math.Min(start, name.Length)) is var end and >= 0 ? name[..end] : name).ToArray();
            if (branches.Length > 1)
                return (prefix, branches);
            prefix = branches[0].Key;
        }
    }
}
