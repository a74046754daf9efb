// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>The smallest tree of each format: an image of 16 x 20 pixels with a car from row 3, column 4 to row 9, column 12.</summary>
/// <param name="Format">The format.</param>
/// <param name="File">The file that describes the car.</param>
/// <param name="Id">The raw id of the car.</param>
/// <param name="Pixels">How many pixels it has by the format's painter.</param>
/// <param name="Text">The file's text; null for a mask of ids.</param>
/// <param name="Image">Where the image lies.</param>
/// <param name="Coordinate">A coordinate in the text; null in masks.</param>
/// <param name="Others">Other files.</param>
internal sealed record TinyTree(
    AnnotationFormatInfo Format, string File, byte Id, int Pixels, string? Text, string Image, string? Coordinate = null, params (string Path, string Text)[] Others)
{
    public const int Height = 16, Width = 20;

    // Pillow and OpenCV give the last row and column to the polygon, COCO does not.
    private const int Closed = 7 * 9, Open = 6 * 8;

    private const string StreetText = """{"imgHeight": 16, "imgWidth": 20, "objects": [{"label": "car", "polygon": [[4, 3], [12, 3], [12, 9], [4, 9]]}]}""";

    public static IReadOnlyList<TinyTree> All { get; } =
    [
        new(AnnotationFormats.LabelMe, "a.json", 1, Closed,
            """{"shapes": [{"label": "car", "points": [[4, 3], [12, 3], [12, 9], [4, 9]], "shape_type": "polygon"}], "i""" +
            """magePath": "a.png", "imageData": null, "imageHeight": 16, "imageWidth": 20}""",
            "a.png", "12"),
        new(AnnotationFormats.Coco, "annotations/instances_train.json", 1, Open,
            """{"images": [{"id": 7, "file_name": "a.png", "width": 20, "height": 16}], "categories": [{"id": 3, "n""" +
            """ame": "car"}], "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "iscrowd": 0, "segmentation": [[4, """ +
            """3, 12, 3, 12, 9, 4, 9]]}]}""",
            "images/train/a.png", "12"),
        new(AnnotationFormats.CvatXml, "annotations.xml", 1, Open,
            """<annotations><version>1.1</version><meta><task><labels><label><name>car</name></label></labels></task></meta>""" +
            """<image id="0" name="a.png" width="20" height="16">""" +
            """<polygon label="car" points="4.00,3.00;12.00,3.00;12.00,9.00;4.00,9.00" z_order="0"/></image></annotations>""",
            "images/a.png", "12.00"),
        new(AnnotationFormats.Yolo, "labels/train/a.txt", 0, Closed,
            "0 0.2 0.1875 0.6 0.1875 0.6 0.5625 0.2 0.5625\n", "images/train/a.png", "0.6", ("data.yaml", "train: images/train\nnames: [car, road]\n")),
        new(AnnotationFormats.Supervisely, "ds/ann/a.png.json", 1, Closed,
            """{"size": {"height": 16, "width": 20}, "objects": [{"classTitle": "car", "geometryType": "polygon", "p""" +
            """oints": {"exterior": [[4, 3], [12, 3], [12, 9], [4, 9]], "interior": []}}]}""",
            "ds/img/a.png", "12", ("meta.json",
            """{"classes": [{"title": "car", "color": "#102030"}]}""")),
        new(AnnotationFormats.LabelStudio, "export.json", 1, Open,
            """[{"id": 1, "annotations": [{"result": [{"type": "polygonlabels", "original_width": 20, "original_height": 16, "v""" +
            """alue": {"points": [[20, 18.75], [60, 18.75], [60, 56.25], [20, 56.25]], "polygonlabels": ["car"]}}]}], "d""" +
            """ata": {"image": "/data/upload/1/a.png"}}]""",
            "images/a.png", "60"),
        new(AnnotationFormats.Cityscapes, "gtFine/train/ulm/ulm_000000_000019_gtFine_polygons.json", 26, Closed, StreetText,
            "leftImg8bit/train/ulm/ulm_000000_000019_leftImg8bit.png", "12"),
        new(AnnotationFormats.Idd, "gtFine/train/1/000004_gtFine_polygons.json", 12, Closed, StreetText, "leftImg8bit/train/1/000004_leftImg8bit.png", "12"),
        new(AnnotationFormats.PascalVoc, "SegmentationClass/a.png", 7, Closed, null, "JPEGImages/a.png"),
        new(AnnotationFormats.Cvat, "SegmentationClass/a.png", 1, Closed, null, "JPEGImages/a.png", null,
            ("labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:10,20,30::\n")),
        new(AnnotationFormats.Roboflow, "train/a_mask.png", 1, Closed, null, "train/a.png", null, ("train/_classes.csv", "Pixel Value, Class\n0, background\n1, car\n")),
        new(AnnotationFormats.Mapillary, "training/labels/a.png", 1, Closed, null, "training/images/a.png", null, ("config.json",
            """{"labels": [{"name": "sky", "color": [1, 2, 3]}, {"name": "car", "color": [4, 5, 6]}]}""")),
    ];

    public static IEnumerable<object[]> Ids => All.Select(tree => new object[] { tree.Format.Id });

    public static IEnumerable<object[]> TextIds => All.Where(tree => tree.Text is not null).Select(tree => new object[] { tree.Format.Id });

    public static TinyTree Of(string id) => All.Single(tree => tree.Format.Id == id);

    /// <summary>Writes the tree into the folder in.</summary>
    public void Write(TemporaryFolder folder, string? text = null)
    {
        WriteImage(folder.Prepare("in", Image));
        foreach (var (path, content) in Others)
            System.IO.File.WriteAllText(folder.Prepare("in", path), content);
        if (Text is not null)
            System.IO.File.WriteAllText(folder.Prepare("in", File), text ?? Text);
        else
            WriteMask(folder.Prepare("in", File), Id);
    }

    public static void WriteImage(string path, int height = Height, int width = Width)
    {
        using var file = System.IO.File.Create(path);
        PngIndexWriter.WriteGray(file, new byte[height * width], height, width);
    }

    public static void WriteMask(string path, byte id)
    {
        var ids = new byte[Height * Width];
        for (int row = 3; row <= 9; row++)
            ids.AsSpan((row * Width) + 4, 9).Fill(id);
        using var file = System.IO.File.Create(path);
        PngIndexWriter.WriteGray(file, ids, Height, Width);
    }

    /// <summary>Imports the folder in to the folder out.</summary>
    public AnnotationImportReport Import(TemporaryFolder folder, AnnotationImportOptions? options = null) =>
        new MLContext(seed: 1).SemanticSegmentation.Data.Import(folder["in"], folder["out"], options ?? new AnnotationImportOptions { Format = Format });

    /// <summary>The only mask that an import wrote.</summary>
    public static byte[] Mask(TemporaryFolder folder) =>
        PngIndexReader.Read(Directory.GetFiles(folder["out", "train", "labels"], "*.png", SearchOption.AllDirectories).Single()).Samples;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Format}");
}
