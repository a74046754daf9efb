// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Microsoft.ML.SemanticFlow.Recipes;

/// <summary>Options as text, by name: all but those that a <see cref="FingerprintAttribute"/> leaves out.</summary>
/// <remarks>
/// A choice among several, such as a loss, stands under its option's name as the choice's own name, and its numbers beside it. So a number
/// that another choice would have is not there. Options that occur twice, in a loss and in an added one, have the outer option before them.
/// </remarks>
internal static class RecipeFingerprint
{
    private const char Within = '.';

    public static SortedDictionary<string, string> Of(object options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(options, prefix: "", values);
        return values;
    }

    /// <summary>The name without the options around it, under which earlier versions kept every option once.</summary>
    public static string Inner(string name) => name[(name.LastIndexOf(Within) + 1)..];

    private static void Add(object options, string prefix, SortedDictionary<string, string> values)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var attribute = property.GetCustomAttribute<FingerprintAttribute>();
            if (attribute is { Name: null })
                continue;
            string name = prefix + (attribute?.Name ?? property.Name);
            object? value = property.GetValue(options);
            bool isChoice = property.PropertyType is { IsAbstract: true } choice && choice.IsAssignableTo(typeof(IRecipePart));
            if (value is not IRecipePart)
                values.Add(name, Text(property, value, attribute));
            else if (isChoice)
                values.Add(name, NameOf(value, property.PropertyType));
            if (value is IRecipePart part)
                Add(part, isChoice && prefix + property.Name != name ? $"{name}{Within}" : prefix, values);
        }
    }

    // OhemCrossEntropyLoss among the kinds of SegmentationLoss is OhemCrossEntropy.
    private static string NameOf(object choice, Type among)
    {
        string name = choice.GetType().Name;
        string[] words = ["Loss", "Schedule"];
        string? kind = words.FirstOrDefault(word => among.Name.EndsWith(word, StringComparison.Ordinal) && name.EndsWith(word, StringComparison.Ordinal));
        return kind is null ? name : name[..^kind.Length];
    }

    private static string Text(PropertyInfo property, object? value, FingerprintAttribute? attribute) => value switch
    {
        null => attribute?.Absent ?? "auto",
        bool flag => flag ? "true" : "false",
        string text => text,
        IEnumerable list => string.Join(',', list.Cast<object>().Select(item => Quoted(Text(property, item, attribute)))),
        _ when attribute is { IsEntry: true } => $"{value}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{property.Name} has no text for a fingerprint. Leave it out by its {nameof(FingerprintAttribute)}, or say how it is written."),
    };

    private static string Quoted(string item) => item.AsSpan().ContainsAny(',', '"') ? $"\"{item.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : item;
}
