// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The weights in what a pickle was read into, and what stands beside them.</summary>
/// <param name="Path">The keys that lead to the weights, joined by dots; empty when the file is the state dict itself.</param>
/// <param name="OtherPaths">Those that lead to further tensors.</param>
/// <param name="Tensors">The tensors by name; entries of another kind are left out.</param>
/// <param name="Metadata">Numbers and texts at the top of the file, as text.</param>
internal sealed record StateDict(string Path, IReadOnlyList<string> OtherPaths, IReadOnlyDictionary<string, PyTorchTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    private const int Deepest = 3;
    private const int LongestText = 1000;

    // In the order of preference. The peer and STDC write the first; the others are what training scripts in the field use.
    private static readonly string[] _keys = ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params"];

    // The same of their moving averages, after those.
    private static readonly string[] _averages = ["state_dict_ema", "ema_state_dict", "model_ema", "ema_model", "ema", "averaged_model"];

    /// <summary>Finds the weights: under the first of the usual keys that leads to tensors, or else at the top.</summary>
    /// <param name="root">What the pickle was read into.</param>
    /// <param name="key">One of the keys on the way to them, or all with points between; null, or one that is not there, for the first.</param>
    /// <param name="faults">Makes the messages.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static StateDict Find(object? root, string? key, PyTorchFaults faults)
    {
        const string remedy = "Save the weights alone, as torch.save(model.state_dict(), path) does.";
        if (root is not PickleDictionary top)
            throw faults.NotRead("holds no dictionary of tensors", remedy);
        var all = Search(top, []).DistinctBy(found => found.Weights).ToArray();
        if (all.Length == 0)
        {
            var keys = top.Items.Select(pair => Excerpt.Of(pair.Key)).Take(8).ToArray();
            throw faults.NotRead($"holds no tensors at its top or under {string.Join(", ", _keys.Concat(_averages))}; its keys begin with: {string.Join(", ", keys)}", remedy);
        }

        int chosen = key is null ? 0 : Math.Max(0, Array.FindIndex(all, found => string.Join('.', found.Path) == key || found.Path.Contains(key)));
        var (path, weights) = all[chosen];
        var metadata = new OrderedDictionary<string, string>();
        foreach (var (name, value) in top.Items)
        {
            if (Text(value) is { } text)
                metadata.Add(name, text);
        }

        var tensors = new OrderedDictionary<string, PyTorchTensor>();
        foreach (var (name, value) in weights.Items)
        {
            if (value is PyTorchTensor tensor)
                tensors.Add(name, tensor);
        }

        string[] others = [.. all.Where((_, i) => i != chosen).Select(found => string.Join('.', found.Path)).Where(other => other.Length > 0)];
        return new StateDict(string.Join('.', path), others, tensors, metadata);
    }

    private static IEnumerable<(string[] Path, PickleDictionary Weights)> Search(PickleDictionary dictionary, string[] path)
    {
        if (path.Length < Deepest)
        {
            foreach (string key in _keys.Concat(_averages))
            {
                if (dictionary.Get(key) is not PickleDictionary inner)
                    continue;
                foreach (var found in Search(inner, [.. path, key]))
                    yield return found;
            }
        }

        if (dictionary.HoldsTensors)
            yield return (path, dictionary);
    }

    private static string? Text(object? value) => value switch
    {
        string text when text.Length <= LongestText => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };
}
