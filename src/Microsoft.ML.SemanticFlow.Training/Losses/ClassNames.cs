// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Names of classes, as options give them.</summary>
internal static class ClassNames
{
    /// <summary>The train ids of classes.</summary>
    /// <exception cref="ArgumentException">The label map has no class of a name; the message names all such.</exception>
    public static int[] ToIds(IReadOnlyList<string> names, LabelMap labels, string option)
    {
        string[] known = [.. labels.Classes.Select(c => c.Name)];
        string[] unknown = [.. names.Except(known)];
        if (unknown.Length > 0)
            throw new ArgumentException(
                $"{option} names {string.Join(", ", unknown.Select(name => $"'{name}'"))}; label map '{labels.Name}' has {string.Join(", ", known)}.", option);
        return [.. names.Select(name => Array.IndexOf(known, name))];
    }
}
