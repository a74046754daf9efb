// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>The weights in what a pickle was read into, and what stands beside them.</summary>
/// <param name="Path">The keys that lead to the weights, joined by dots; empty when the file is the state dict itself.</param>
/// <param name="Tensors">The tensors by name; entries of another kind are left out.</param>
/// <param name="Metadata">Numbers and texts at the top of the file, as text.</param>
internal sealed record StateDict(string Path, IReadOnlyDictionary<string, PyTorchTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    private const int Deepest = 3;
    private const int LongestText = 1000;

    // In the order of preference. The peer and STDC write the first; the others are what training scripts in the field use.
    private static readonly string[] _keys = ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params"];

    /// <summary>Finds the weights: under the first of the usual keys that leads to tensors, or else at the top.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static StateDict Find(object? root, PyTorchFaults faults)
    {
        const string remedy = "Save the weights alone, as torch.save(model.state_dict(), path) does.";
        if (root is not PickleDictionary top)
            throw faults.NotRead("holds no dictionary of tensors", remedy);
        if (Search(top, []) is not { } found)
        {
            var keys = top.Items.Select(pair => Excerpt.Of(pair.Key)).Take(8).ToArray();
            throw faults.NotRead($"holds no tensors at its top or under {string.Join(", ", _keys)}; its keys begin with: {string.Join(", ", keys)}", remedy);
        }

        var (path, weights) = found;
        var metadata = new OrderedDictionary<string, string>();
        foreach (var (key, value) in top.Items)
        {
            if (Text(value) is { } text)
                metadata.Add(key, text);
        }

        var tensors = new OrderedDictionary<string, PyTorchTensor>();
        foreach (var (name, value) in weights.Items)
        {
            if (value is PyTorchTensor tensor)
                tensors.Add(name, tensor);
        }

        return new StateDict(path, tensors, metadata);
    }

    private static (string Path, PickleDictionary Weights)? Search(PickleDictionary dictionary, string[] path)
    {
        if (path.Length < Deepest)
        {
            foreach (string key in _keys)
            {
                if (dictionary.Get(key) is PickleDictionary inner && Search(inner, [.. path, key]) is { } found)
                    return found;
            }
        }

        return dictionary.HoldsTensors ? (string.Join('.', path), dictionary) : null;
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
