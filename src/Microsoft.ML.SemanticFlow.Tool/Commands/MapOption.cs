// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>An option such as <c>--map</c>: a built-in label space, a table, or the names of the classes.</summary>
internal static class MapOption
{
    public const string Name = "--map";

    public static Option<string?> Create(string name = Name, string of = "the label files") => new(name)
    {
        Description =
            $"Label space of {of}: {string.Join(", ", LabelMaps.All.Select(map => map.Name))}, a CSV file (name,raw_id,train_id,r,g,b), " +
            "or class names with commas, where pixel value 0 is the first; one with a comma in it stands in quotes.",
        HelpName = "MAP",
    };

    public static LabelMap? Read(string? value, string name = Name)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        if (LabelMaps.All.FirstOrDefault(map => map.Name.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } known)
            return known;
        if (File.Exists(value))
            return LabelMap.Load(value);
        if (value.Contains(',', StringComparison.Ordinal))
        {
            var names = List.Parts(value);
            return names.All(part => part.Length > 0)
                ? LabelMap.FromClassNames("classes", names)
                : throw new UsageException($"{name} '{value}' has an empty class name.");
        }

        throw new UsageException(
            $"{name} '{value}' is no label space that is known ({string.Join(", ", LabelMaps.All.Select(map => map.Name))}), no file, and no list of class names with commas.");
    }
}
