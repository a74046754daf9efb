// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Annotations;
using Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The formats of annotations that are read. The import, the command line and the documentation follow from this table.</summary>
/// <example>
/// <code>
/// var report = ml.SemanticSegmentation.Data.Import("in", "data/mine", new AnnotationImportOptions { Format = AnnotationFormats.LabelMe });
/// Console.WriteLine(report.Objects);
/// </code>
/// </example>
public static class AnnotationFormats
{
    /// <summary>labelme: a JSON file beside each image.</summary>
    public static AnnotationFormatInfo LabelMe => Data.Annotations.Formats.LabelMe.Info;

    /// <summary>COCO: polygons and run lengths, a JSON file a split.</summary>
    public static AnnotationFormatInfo Coco => Data.Annotations.Formats.Coco.Info;

    /// <summary>PASCAL VOC: masks of indices; also what labelme2voc.py writes.</summary>
    public static AnnotationFormatInfo PascalVoc => Data.Annotations.Formats.Voc.Info;

    /// <summary>CVAT "Segmentation mask 1.1": masks in the colours of labelmap.txt, or of its line numbers.</summary>
    public static AnnotationFormatInfo Cvat => CvatMask.Info;

    /// <summary>CVAT for images 1.1: one XML file.</summary>
    public static AnnotationFormatInfo CvatXml => Data.Annotations.Formats.CvatXml.Info;

    /// <summary>YOLO polygons, or masks, by Ultralytics' data.yaml.</summary>
    public static AnnotationFormatInfo Yolo => Data.Annotations.Formats.Yolo.Info;

    /// <summary>Roboflow "Semantic Segmentation Masks".</summary>
    public static AnnotationFormatInfo Roboflow => Data.Annotations.Formats.Roboflow.Info;

    /// <summary>Supervisely: polygons, rectangles and bitmaps.</summary>
    public static AnnotationFormatInfo Supervisely => Data.Annotations.Formats.Supervisely.Info;

    /// <summary>Label Studio's JSON export: brush strokes and polygons.</summary>
    public static AnnotationFormatInfo LabelStudio => Data.Annotations.Formats.LabelStudio.Info;

    /// <summary>Cityscapes, from its polygons.</summary>
    public static AnnotationFormatInfo Cityscapes => StreetPolygons.Cityscapes;

    /// <summary>IDD, from its polygons.</summary>
    public static AnnotationFormatInfo Idd => StreetPolygons.Idd;

    /// <summary>Mapillary Vistas, with the labels of its configuration.</summary>
    public static AnnotationFormatInfo Mapillary => Data.Annotations.Formats.Mapillary.Info;

    /// <summary>Every format, in the order of this table.</summary>
    public static IReadOnlyList<AnnotationFormatInfo> All =>
        field ??= [LabelMe, Coco, Cvat, CvatXml, Yolo, Roboflow, Supervisely, LabelStudio, PascalVoc, Cityscapes, Idd, Mapillary];

    /// <summary>The format with an id.</summary>
    /// <param name="id">Such as <c>labelme</c>; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">No format has that id; the message lists the ids.</exception>
    public static AnnotationFormatInfo Get(string id) =>
        All.FirstOrDefault(format => string.Equals(format.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no annotation format '{id}'; the formats are {string.Join(", ", All)}.", nameof(id));

    /// <summary>The format of a tree, and what shows it.</summary>
    /// <exception cref="InvalidDataException">It is of none, or may be of several.</exception>
    internal static (AnnotationFormatInfo Format, string By) Recognize(AnnotationTree tree, string input)
    {
        (AnnotationFormatInfo Format, string By)[] found =
            [.. All.Select(format => (format, By: format.Recognize(tree))).Where(pair => pair.By is not null)
                .Select(pair => (pair.format, pair.By!))]; // filtered
        return found switch
        {
            [var one] => one,
            [] => throw new InvalidDataException(
                $"'{input}' is of no annotation format that can be told by its files. Name the format: {string.Join(", ", All)}."),
            _ => throw new InvalidDataException(
                $"'{input}' may be {string.Join(" or ", found.Select(pair => $"{pair.Format} ({pair.By})"))}. Name the format."),
        };
    }
}
