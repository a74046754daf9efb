// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Label spaces of formats that list no classes themselves.</summary>
internal static class EmbeddedTable
{
    public static LabelMap Read(string name)
    {
        using var stream = typeof(LabelMap).Assembly.GetManifestResourceStream(name + ".csv")
            ?? throw new InvalidOperationException($"The table '{name}.csv' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return LabelMap.Parse(name, reader.ReadToEnd());
    }
}
