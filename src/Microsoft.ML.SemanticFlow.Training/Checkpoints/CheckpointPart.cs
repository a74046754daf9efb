// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Those tensors of a file that are one set of a network's weights, by the network's names, where the file's have something before them.</summary>
/// <remarks>
/// Training scripts keep a network in a larger module (<c>model.</c>, <c>net.</c>), and its moving average beside it (<c>ema.</c>). Whatever stands before
/// the network's names is found by those names. What wrappers add (<c>module.</c>) tells no sets apart.
/// </remarks>
internal sealed class CheckpointPart : TensorFile
{
    private readonly TensorFile _file;
    private readonly Dictionary<string, string> _names;     // in the file, by those here

    private CheckpointPart(TensorFile file, Dictionary<string, string> names, string key, IReadOnlyList<string> others)
    {
        (_file, _names, Key, OtherKeys) = (file, names, key, others);
        Tensors = names.ToDictionary(pair => pair.Key, pair => file.Tensors[pair.Value]);
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    public override IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    public override string Format => _file.Format;

    public override string Key { get; }

    public override IReadOnlyList<string> OtherKeys { get; }

    /// <summary>Opens the weights of a network in a file.</summary>
    /// <param name="path">A file that <see cref="TensorFormats"/> knows.</param>
    /// <param name="key">Which of several sets: a key that leads to them or a word before their names; null for the first, moving averages last.</param>
    /// <param name="known">The network's names.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or has no weights under the key.</exception>
    public static TensorFile Open(string path, string? key, IReadOnlyCollection<string> known)
    {
        var file = TensorFormats.Open(path, key);
        try
        {
            return Choose(file, path, key is null || file.Key.Split('.').Contains(key) || file.Key == key ? null : key, known);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override Tensor Read(string name) => _file.Read(_names[name]);

    protected override void Dispose(bool disposing) => _file.Dispose();

    private static TensorFile Choose(TensorFile file, string path, string? key, IReadOnlyCollection<string> known)
    {
        var names = known.ToHashSet();
        int longest = known.Max(name => name.Length);
        var sets = file.Tensors.Keys.Select(name => (Name: name, Local: LocalOf(name, names, longest))).Where(pair => pair.Local is not null)
            .GroupBy(pair => WithoutWrappers(pair.Name[..^pair.Local!.Length])) // the others are left out above
            .Where(set => set.Key.Length == 0 || set.Count() > names.Count / 2)
            .OrderByDescending(set => set.Count()).ThenBy(set => WeightNames.IsAverage(set.Key)).ToArray();
        var chosen = key is null ? sets.FirstOrDefault() : sets.FirstOrDefault(set => set.Key == key || set.Key.Split('.').Contains(key));
        if (chosen is null && key is not null)
            throw new InvalidDataException(
                $"{path} has no weights of the network under '{Excerpt.Of(key)}'; it has them {Places(sets.Select(set => KeyOf(file, set.Key)).Union(file.OtherKeys).ToArray())}.");

        string[] others = [.. sets.Where(set => set != chosen && set.Count() > names.Count / 2).Select(set => KeyOf(file, set.Key)), .. file.OtherKeys];
        if (chosen is null || chosen.Key.Length == 0)
            return others.Length == file.OtherKeys.Count ? file : new CheckpointPart(file, file.Tensors.Keys.ToDictionary(name => name), file.Key, others);

        var before = chosen.Select(pair => pair.Name[..^pair.Local!.Length]).ToHashSet();   // as above
        var places = new Dictionary<string, string>();
        foreach (string name in file.Tensors.Keys)
        {
            // What the network does not have keeps its name, but for what stands before the set: it may be of a deeper network.
            string? local = before.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } found
                ? name[found.Length..]
                : LocalOf(name, names, longest) == name ? null : name;
            if (local is not null && !places.TryAdd(local, name))
                throw new InvalidDataException(
                    $"{path} holds '{Excerpt.Of(places[local])}' and '{Excerpt.Of(name)}', which are one tensor of the network. " +
                    "Save the weights alone, as torch.save(model.state_dict(), path) does.");
        }

        return new CheckpointPart(file, places, KeyOf(file, chosen.Key), others);
    }

    // The longest end of a name, from its start or a point on, that is a name of the network.
    private static string? LocalOf(string name, HashSet<string> known, int longest)
    {
        for (int start = 0; start < name.Length;)
        {
            if (name.Length - start <= longest && known.Contains(name[start..]))
                return name[start..];
            int point = name.IndexOf('.', start);
            start = point < 0 ? name.Length : point + 1;
        }

        return null;
    }

    private static string WithoutWrappers(string prefix) => string.Join('.', prefix.Split('.', StringSplitOptions.RemoveEmptyEntries).Except(WeightNames.Wrappers));

    private static string KeyOf(TensorFile file, string prefix) => file.Key.Length > 0 && prefix.Length > 0 ? $"{file.Key}.{prefix}" : file.Key + prefix;

    private static string Places(string[] keys) => keys.Length == 0
        ? "nowhere"
        : string.Join(" and ", keys.Select(key => key.Length == 0 ? "under no key" : $"under '{Excerpt.Of(key)}'")) + ": name one of these";
}
