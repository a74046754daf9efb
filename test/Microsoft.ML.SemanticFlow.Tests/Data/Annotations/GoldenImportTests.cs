// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>Every reference tree against the masks of the original tools, bit for bit.</summary>
[TestClass]
public sealed class GoldenImportTests
{
    [TestMethod]
    public void LabelMe_Tree_GivesTheMasksOfLabelMe()
    {
        var expected = GoldenImport.Expected("labelme");

        var report = GoldenImport.Check(
            "labelme", "tree", new AnnotationImportOptions(), expected.GetProperty("samples"), tolerance: name => name == "02_lines" ? 25 : 0); // the joints of linestrips

        Assert.AreEqual(11, report.Images[DatasetSplit.Train]);
        Assert.AreEqual(expected.GetProperty("classes").GetArrayLength(), report.Labels.ClassCount);
        Assert.AreEqual("labelme", report.Format.Id);
        Assert.IsNotNull(report.RecognizedBy);
    }

    [TestMethod]
    [DataRow("order_area", null, false)]
    [DataRow("order_file", PaintOrder.File, false)]
    [DataRow("order_area_crowd255", PaintOrder.Area, true)]
    public void Coco_Tree_GivesTheMasksOfPycocotools(string folder, PaintOrder? order, bool ignoreCrowds)
    {
        var expected = GoldenImport.Expected("coco");

        var report = GoldenImport.Check(
            "coco", "tree", new AnnotationImportOptions { Order = order, IgnoreCrowds = ignoreCrowds }, expected.GetProperty("cases").GetProperty(folder).GetProperty("samples"));

        CollectionAssert.AreEqual(
            expected.GetProperty("classes").EnumerateArray().Select(label => label.GetProperty("name").GetString()).ToArray(),
            report.Labels.Classes.Select(label => label.Name).ToArray());
    }

    [TestMethod]
    public void Cvat_ColourMasks_GiveTheLinesOfTheLabelMap()
    {
        var expected = GoldenImport.Expected("cvat_mask");

        var report = GoldenImport.Check("cvat_mask", "tree", new AnnotationImportOptions(), expected.GetProperty("samples"));

        Assert.AreEqual("cvat", report.Format.Id);
        Assert.AreEqual("Sky & cloud", report.Labels.Classes[0].Name);
    }

    [TestMethod]
    public void Cvat_IndexMasksWithImagesElsewhere_GiveTheSame() => GoldenImport.Check(
        "cvat_mask",
        "tree_index",
        new AnnotationImportOptions { ImagesDirectory = GoldenData.File("annotations", "cvat_mask", "tree_index_images") },
        GoldenImport.Expected("cvat_mask").GetProperty("samples"));

    [TestMethod]
    public void CvatXml_Tree_GivesTheMasksOfCvat() => GoldenImport.Check(
        "cvat_xml",
        "tree",
        new AnnotationImportOptions(),
        GoldenImport.Expected("cvat_xml").GetProperty("samples"),
        tolerance: name => name == "frame_000005" ? 8 : 0); // the rim of an ellipse

    [TestMethod]
    [DataRow("single")]
    [DataRow("multi")]
    [DataRow("cvat_track_id")]
    [DataRow("masks_dir")]
    public void Yolo_Tree_GivesTheMasksOfFillPoly(string layout)
    {
        var expected = GoldenImport.Expected("yolo").GetProperty("cases").GetProperty(layout);

        var report = GoldenImport.Check("yolo", layout, new AnnotationImportOptions(), expected.GetProperty("samples"));

        CollectionAssert.AreEqual(
            expected.GetProperty("classes").EnumerateArray().Select(label => label.GetProperty("name").GetString()).ToArray(),
            report.Labels.Classes.Select(label => label.Name).ToArray());
    }

    [TestMethod]
    [DataRow("roboflow", "tree", "roboflow")]
    [DataRow("supervisely", "tree", "supervisely")]
    [DataRow("labelstudio", "tree", "labelstudio")]
    [DataRow("voc", "tree", "voc")]
    public void Tree_RecognisedByItsFiles_GivesTheMasksOfTheTool(string format, string tree, string id)
    {
        var expected = GoldenImport.Expected(format);

        var report = GoldenImport.Check(format, tree, new AnnotationImportOptions(), expected.GetProperty("samples"));

        Assert.AreEqual(id, report.Format.Id);
        CollectionAssert.AreEqual(
            expected.GetProperty("classes").EnumerateArray().Select(label => label.GetProperty("name").GetString()).ToArray(),
            report.Labels.Classes.Select(label => label.Name).ToArray());
    }

    [TestMethod]
    [DataRow("root_plain")]
    [DataRow("root_packages")]
    public void Cityscapes_Tree_GivesTheLabelIdsOfItsScripts(string root)
    {
        var samples = GoldenImport.Expected("cityscapes").GetProperty("cases").GetProperty(root).GetProperty("samples");

        GoldenImport.CheckTranslated("cityscapes", root, new AnnotationImportOptions(), samples, "_labelTrainIds.png");
    }

    [TestMethod]
    public void Idd_Tree_GivesTheIdsOfItsScripts()
    {
        var samples = GoldenImport.Expected("idd").GetProperty("samples");

        GoldenImport.Check("idd", "tree", new AnnotationImportOptions(), samples, sample => GoldenImport.IddMask(sample, "labelids"));
        GoldenImport.CheckTranslated("idd", "tree", new AnnotationImportOptions(), samples, "_gtFine_labellevel3Ids.png");
    }

    [TestMethod]
    [DataRow("v1", null, "v1")]
    [DataRow("v2", "v1.2", "v2_v1.2")]
    [DataRow("v2", null, "v2_v2.0")]
    public void Mapillary_Tree_GivesItsLabels(string tree, string? variant, string layout)
    {
        var samples = GoldenImport.Expected("mapillary").GetProperty("cases").GetProperty(layout).GetProperty("samples");

        var report = GoldenImport.Check("mapillary", tree, new AnnotationImportOptions { Variant = variant }, samples);

        Assert.AreEqual("mapillary", report.Format.Id);
    }
}
