// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The label spaces that come with the library.</summary>
public static class LabelMaps
{
    /// <summary>CamVid with 11 classes; raw id 11, Void, is ignored.</summary>
    public static LabelMap CamVid => field ??= ReadTable("CamVid");

    /// <summary>Cityscapes with 19 classes, read from raw ids 0 to 33.</summary>
    public static LabelMap Cityscapes => field ??= ReadTable("Cityscapes");

    /// <summary>Every map of this class.</summary>
    public static IReadOnlyList<LabelMap> All => field ??= [CamVid, Cityscapes];

    private static LabelMap ReadTable(string name)
    {
        string resource = name.ToLowerInvariant() + ".csv";
        using var stream = typeof(LabelMaps).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The table '{resource}' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return LabelMap.Parse(name, reader.ReadToEnd());
    }
}
