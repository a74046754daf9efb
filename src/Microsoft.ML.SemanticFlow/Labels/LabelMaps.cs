// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The label spaces that come with the library.</summary>
/// <example>
/// <code>
/// Console.WriteLine(LabelMaps.Cityscapes.ClassCount);         // prints 19
/// var vehicles = LabelMaps.CamVid.Merge("Vehicles", new Dictionary&lt;string, string> { ["Bicyclist"] = "Car" });
/// Console.WriteLine(vehicles.ClassCount);                     // prints 10
/// </code>
/// </example>
public static class LabelMaps
{
    /// <summary>CamVid with 11 classes; raw id 11, Void, is ignored.</summary>
    public static LabelMap CamVid => field ??= ReadTable("CamVid");

    /// <summary>The 32 colours of the original CamVid, in the 11 classes of <see cref="CamVid"/>; raw ids are the lines of its
    /// label_colors.txt, counted from 0.</summary>
    public static LabelMap CamVid32 => field ??= ReadTable("CamVid32");

    /// <summary>Cityscapes with 19 classes, read from raw ids 0 to 33.</summary>
    public static LabelMap Cityscapes => field ??= ReadTable("Cityscapes");

    /// <summary>IDD with the 26 classes of its level 3, read from ids 0 to 39.</summary>
    public static LabelMap Idd => field ??= ReadTable("Idd");

    /// <summary>The classes of <see cref="Cityscapes"/>, read from IDD's ids 0 to 39. Its non-drivable fallback counts as terrain.</summary>
    public static LabelMap IddCityscapes => field ??= ReadTable("IddCityscapes");

    /// <summary>PASCAL VOC 2012: background and 20 classes; 255, the borders, is ignored.</summary>
    public static LabelMap PascalVoc => field ??= ReadTable("PascalVoc");

    /// <summary>ADE20K with the 150 classes of its scene parsing benchmark; raw id 0, all else, is ignored.</summary>
    public static LabelMap Ade20K => field ??= ReadTable("Ade20K");

    /// <summary>Every map of this class.</summary>
    public static IReadOnlyList<LabelMap> All => field ??= [CamVid, Cityscapes, CamVid32, Idd, IddCityscapes, PascalVoc, Ade20K];

    /// <summary>The classes of <see cref="Cityscapes"/>, read from the ids 0 to 65 of Mapillary Vistas 1.1 and 1.2.</summary>
    internal static LabelMap MapillaryCityscapes => field ??= ReadTable("MapillaryCityscapes");

    private static LabelMap ReadTable(string name)
    {
        string resource = name.ToLowerInvariant() + ".csv";
        using var stream = typeof(LabelMaps).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The table '{resource}' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return LabelMap.Parse(name, reader.ReadToEnd());
    }
}
