// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Where the classes of a network stand in a file of weights, by their names.</summary>
internal sealed class ClassOrder
{
    private ClassOrder()
    {
    }

    /// <summary>Whether the file names its classes.</summary>
    public bool IsNamed { get; private init; } = true;

    /// <summary>The place of each class in the file; null where they stand as in the network, or none is known.</summary>
    public long[]? Places { get; private init; }

    /// <summary>How the file's classes differ from the network's, as a sentence; null where they are the same, in whatever order.</summary>
    public string? Difference { get; private init; }

    /// <summary>Compares the names that a file gives its classes with those of a network.</summary>
    /// <exception cref="InvalidDataException">The file's table of classes is damaged.</exception>
    public static ClassOrder Of(IReadOnlyDictionary<string, string> metadata, string path, LabelMap labels)
    {
        if (TryRead(metadata, path) is not { } file || IsNumbered(file))
            return new ClassOrder { IsNamed = false };
        if (labels.FindDifference(file, $"'{labels.Name}'", "the file") is not { } difference)
            return new ClassOrder();
        var places = file.Classes.Index().ToLookup(pair => pair.Item.Name, pair => (long)pair.Index, StringComparer.Ordinal);
        return file.ClassCount == labels.ClassCount && labels.Classes.All(label => places[label.Name].Count() == 1)
            ? new ClassOrder { Places = [.. labels.Classes.Select(label => places[label.Name].Single())] }
            : new ClassOrder { Difference = difference };
    }

    private static LabelMap? TryRead(IReadOnlyDictionary<string, string> metadata, string path) =>
        metadata.TryGetValue("labels.table", out string? table) ? LabelMap.Parse(metadata.GetValueOrDefault("labels.name", path), table) : null;

    // The names of a file that was imported with no more than a number of classes.
    private static bool IsNumbered(LabelMap labels) =>
        labels.Classes.Index().All(pair => pair.Item.Name == string.Create(CultureInfo.InvariantCulture, $"class {pair.Index}"));
}
