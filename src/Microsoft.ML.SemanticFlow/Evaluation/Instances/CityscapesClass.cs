// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Instances;

/// <summary>A class of Cityscapes as its server judges it; the index in <see cref="All"/> is its id in label files.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Category">What it belongs to.</param>
/// <param name="Evaluated">Whether its pixels in the ground truth count.</param>
/// <param name="MeanSize">Pixels of a usual instance; null for a class without instances.</param>
internal sealed record CityscapesClass(string Name, string Category, bool Evaluated, double? MeanSize = null)
{
    /// <summary>An instance's id is that of its class times this, and a number; smaller ids are groups and other pixels.</summary>
    public const int InstanceFactor = 1000;

    /// <summary>All classes, by id.</summary>
    public static IReadOnlyList<CityscapesClass> All { get; } =
    [
        new("unlabeled", "void", false), new("ego vehicle", "void", false), new("rectification border", "void", false), new("out of roi", "void", false),
        new("static", "void", false), new("dynamic", "void", false), new("ground", "void", false),
        new("road", "flat", true), new("sidewalk", "flat", true), new("parking", "flat", false), new("rail track", "flat", false),
        new("building", "construction", true), new("wall", "construction", true), new("fence", "construction", true),
        new("guard rail", "construction", false), new("bridge", "construction", false), new("tunnel", "construction", false),
        new("pole", "object", true), new("polegroup", "object", false), new("traffic light", "object", true), new("traffic sign", "object", true),
        new("vegetation", "nature", true), new("terrain", "nature", true),
        new("sky", "sky", true),
        new("person", "human", true, 3462.4756337644), new("rider", "human", true, 3930.4788056518),
        new("car", "vehicle", true, 12794.0202738185), new("truck", "vehicle", true, 27855.1264367816), new("bus", "vehicle", true, 35732.1511111111),
        new("caravan", "vehicle", false, 36771.8241758242), new("trailer", "vehicle", false, 16926.9763313609), new("train", "vehicle", true, 67583.7075812274),
        new("motorcycle", "vehicle", true, 6298.7200839748), new("bicycle", "vehicle", true, 4672.3249222261),
    ];

    /// <summary>Categories of which every class has instances.</summary>
    public static IReadOnlyList<string> CategoriesOfInstances { get; } =
        [.. All.GroupBy(label => label.Category).Where(labels => labels.All(label => label.MeanSize is not null)).Select(labels => labels.Key)];

    /// <summary>The label map in which train ids are the ids of label files, those that do not count too.</summary>
    public static LabelMap Labels { get; } = LabelMap.FromClassNames("CityscapesIds", [.. All.Select(label => label.Name)]);

    /// <summary>Whether instances of the class are judged.</summary>
    public bool HasInstances => Evaluated && MeanSize is not null;
}
