// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>What tools call the splits.</summary>
internal static class SplitNames
{
    private static readonly (DatasetSplit Split, string[] Names)[] _known =
    [
        (DatasetSplit.Train, ["train", "training", "train_extra", "default"]),
        (DatasetSplit.Validation, ["val", "valid", "validation", "dev"]),
        (DatasetSplit.Test, ["test", "testing"]),
    ];

    /// <summary>The split of a name such as <c>valid</c> or <c>train2017</c>; null where it is none.</summary>
    public static DatasetSplit? Of(string name)
    {
        string bare = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').TrimEnd('_', '-');
        foreach (var (split, names) in _known)
        {
            if (names.Contains(bare.Length > 0 ? bare : name, StringComparer.OrdinalIgnoreCase))
                return split;
        }

        return null;
    }

    /// <summary>The name of an image whose path begins with a split's folder; without one it is of the training split.</summary>
    /// <param name="path">With slashes, without an ending.</param>
    public static AnnotatedName Take(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Of(path[..slash]) is { } split
            ? new AnnotatedName(split, path[(slash + 1)..])
            : new AnnotatedName(DatasetSplit.Train, path);
    }
}
