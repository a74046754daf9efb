// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>Checkpoints as tests need them: the state dict of a network, changed, as a safetensors file.</summary>
internal static class WeightFile
{
    /// <summary>Random weights of a network by their names, of no network that lives on.</summary>
    public static Dictionary<string, Tensor> StateOf(SegmentationNetworkInfo info, int classes, int seed = 7)
    {
        random.manual_seed(seed);
        using var network = info.Create(classes);
        return network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
    }

    /// <summary>Writes tensors to a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="classes">The names of the classes that the file tells; null tells none.</param>
    public static string Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, params string[]? classes)
    {
        var metadata = new Dictionary<string, string>();
        if (classes is { Length: > 0 })
            (metadata["labels.name"], metadata["labels.table"]) = ("file", LabelMap.FromClassNames("file", classes).ToCsv());
        AtomicFile.Write(path, stream => SafeTensors.Write(stream, tensors, metadata));
        return path;
    }

    /// <summary>The same tensors under other names.</summary>
    public static Dictionary<string, Tensor> Renamed(this IReadOnlyDictionary<string, Tensor> tensors, Func<string, string> rename) =>
        tensors.ToDictionary(pair => rename(pair.Key), pair => pair.Value);

    /// <summary>The same with one tensor replaced or added.</summary>
    public static Dictionary<string, Tensor> With(this Dictionary<string, Tensor> tensors, string name, Tensor value) => new(tensors) { [name] = value };

    /// <summary>The same without some.</summary>
    public static Dictionary<string, Tensor> Without(this Dictionary<string, Tensor> tensors, Func<string, bool> drop) =>
        tensors.Where(pair => !drop(pair.Key)).ToDictionary();
}
