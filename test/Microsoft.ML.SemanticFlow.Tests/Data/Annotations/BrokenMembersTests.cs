// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>Every damaged member of the reference trees is refused in one sentence; those that the original tools read as well are read.</summary>
[TestClass]
public sealed class BrokenMembersTests
{
    [TestMethod]
    [DataRow("labelme", "unknown_label.json", "'griffin', 'unicorn'")]
    [DataRow("labelme", "size_mismatch.json", "33")]
    [DataRow("labelme", "two_points.json", "2 points")]
    [DataRow("labelme", "circle_three_points.json", "3 points")]
    [DataRow("labelme", "missing_image.json", "nowhere.jpg")]
    [DataRow("labelme", "bad_mask.json", "PNG")]
    [DataRow("labelme", "unknown_shape_type.json", "ellipse")]
    [DataRow("labelme", "not_finite.json", "line")]
    [DataRow("labelme", "truncated.json", "line")]
    [DataRow("coco", "rle_sum_too_small.json", "60")]
    [DataRow("coco", "rle_sum_too_large.json", "600")]
    [DataRow("coco", "rle_size_is_not_the_image.json", "[20, 16]")]
    [DataRow("coco", "unknown_category.json", "category 4")]
    [DataRow("coco", "unknown_image.json", "77")]
    [DataRow("coco", "odd_number_of_coordinates.json", "x and y")]
    [DataRow("coco", "four_numbers.json", "4 numbers")]
    [DataRow("coco", "bad_rle_string.json", "annotation 1")]
    [DataRow("coco", "truncated.json", "line")]
    [DataRow("cvat_xml", "doctype_entity.xml", "DOCTYPE")]
    [DataRow("cvat_xml", "mask_runs_do_not_fit_the_box.xml", "72")]
    [DataRow("cvat_xml", "mask_box_leaves_the_image.xml", "leaves")]
    [DataRow("cvat_xml", "unknown_label.xml", "classes")]
    [DataRow("cvat_xml", "image_missing.xml", "missing")]
    [DataRow("cvat_xml", "bad_number.xml", "15.00")]
    [DataRow("cvat_xml", "truncated.xml", "line")]
    [DataRow("cvat_mask", "unknown_colour", "1 colour")]
    [DataRow("cvat_mask", "index_beyond_labelmap", "0 to 2")]
    [DataRow("cvat_mask", "size_differs", "size")]
    [DataRow("cvat_mask", "listed_but_missing", "b")]
    [DataRow("cvat_mask", "label_with_colon", "colon")]
    [DataRow("cvat_mask", "duplicate_label", "twice")]
    [DataRow("cvat_mask", "duplicate_colour", "one colour")]
    [DataRow("cvat_mask", "colour_with_two_parts", "three numbers")]
    [DataRow("roboflow", "value_not_in_csv", "9")]
    [DataRow("roboflow", "no_csv", "_classes.csv")]
    [DataRow("roboflow", "csv_without_background", "id 0")]
    [DataRow("roboflow", "mask_missing", "_mask.png")]
    [DataRow("roboflow", "size_differs", "size")]
    [DataRow("roboflow", "csv_duplicate_value", "twice")]
    [DataRow("labelstudio", "rle_cut_off.json", "breaks off")]
    [DataRow("labelstudio", "rle_of_another_size.json", "21")]
    [DataRow("labelstudio", "rle_huge_count.json", "4294967295")]
    [DataRow("labelstudio", "rle_not_bytes.json", "byte")]
    [DataRow("labelstudio", "no_label.json", "label")]
    [DataRow("labelstudio", "image_missing.json", "nowhere.jpg")]
    [DataRow("labelstudio", "truncated.json", "line")]
    public void Import_BrokenMember_IsRefusedInASentence(string format, string member, string expected)
    {
        using var folder = new TemporaryFolder();

        string sentence = Refusal(folder, GoldenData.File("annotations", format, "broken", member), Id(format));

        StringAssert.Contains(sentence, expected);
    }

    // With the class that the reference means, which the export itself does not list.
    [TestMethod]
    public void Import_LabelStudioLabelBesideTheClasses_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string input = GoldenData.File("annotations", "labelstudio", "broken", "unknown_label.json");

        var fault = Assert.ThrowsExactly<InvalidDataException>(() => GoldenImport.Run(
            folder, input, new AnnotationImportOptions { Labels = LabelMap.FromClassNames("golden", "background", "Road") }));

        StringAssert.Contains(fault.Message, "nobody");
    }

    [TestMethod]
    [DataRow("coco", "duplicate_annotation_id.json")]
    [DataRow("coco", "empty_segmentation.json")]
    public void Import_MemberThatTellsItsMask_IsRead(string format, string member)
    {
        using var folder = new TemporaryFolder();

        var report = GoldenImport.Run(folder, GoldenData.File("annotations", format, "broken", member), new AnnotationImportOptions());

        Assert.AreEqual(1, report.Images[DatasetSplit.Train]);
    }

    // Folders with a fault in each file: all are left out, each with its sentence.
    [TestMethod]
    [DataRow("yolo", "broken", 8, "odd_coordinates|two_points|class_too_high|negative_class|not_normalised|mixed_with_boxes|not_a_number|image_missing", "")]
    [DataRow("supervisely", "broken", 5, "unknown_class|bad_base64|bad_png|size_differs|no_image", "uncompressed_gray_png|uncompressed_rgba_with_alpha_only")]
    [DataRow("voc", "broken", 6, "rgb_colours_instead_of_palette|size_differs|jpeg_mask|sixteen_bit|id_33|listed_only", "")]
    [DataRow("cityscapes", "broken", 6, "x_000000|x_000001|x_000002|x_000004|x_000005|not_a_cityscapes_name", "x_000003|x_000006")]
    [DataRow("idd", "broken", 5, "000001|000002|000003|000004|000005", "")]
    [DataRow("mapillary", "broken", 4, "id_66_beyond_config|rgb_instead_of_palette|no_image|no_label", "")]
    public void Import_FolderOfBrokenMembers_NamesEach(string format, string tree, int count, string refused, string read)
    {
        using var folder = new TemporaryFolder();
        var skipped = new List<SkippedFile>();
        var options = new AnnotationImportOptions
        {
            Format = AnnotationFormats.Get(Id(format)),
            MaxDegreeOfParallelism = 1,
            Reading = new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 1, Skipped = new Told(skipped) },
        };

        try
        {
            GoldenImport.Run(folder, GoldenData.File("annotations", format, tree), options);
        }
        catch (InvalidDataException e) when (read.Length == 0)
        {
            StringAssert.Contains(e.Message, "cannot be used"); // none was left
        }

        // YOLO's broken tree names its images both to train and to validate on.
        var sentences = skipped.Select(file => file.Reason).Distinct().ToList();
        foreach (string name in refused.Split('|'))
            Assert.IsTrue(skipped.Any(file => file.Path.Contains(name, StringComparison.Ordinal)), $"{name} in {string.Join(" // ", sentences)}");
        foreach (string name in read.Split('|', StringSplitOptions.RemoveEmptyEntries))
            Assert.IsFalse(skipped.Any(file => file.Path.Contains(name, StringComparison.Ordinal)), name);
        Assert.IsTrue(sentences.All(sentence => sentence.EndsWith('.') && !sentence.Contains('\n', StringComparison.Ordinal)), string.Join('\n', sentences));
        Assert.AreEqual(count, skipped.Select(file => Path.GetFileName(file.Path)).Distinct().Count(), string.Join('\n', sentences));
    }

    [TestMethod]
    public void Import_MapillaryConfigurationCutOff_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.Copy(GoldenData.File("annotations", "mapillary", "broken", "config_truncated.json"), folder.Prepare("in", "config.json"));
        TinyTree.WriteImage(folder.Prepare("in", "training", "images", "a.png"));

        StringAssert.Contains(Refusal(folder, folder["in"], "mapillary"), "line");
    }

    private static string Id(string format) => format switch { "cvat_xml" => "cvat-xml", "cvat_mask" => "cvat", _ => format };

    private static string Refusal(TemporaryFolder folder, string input, string id)
    {
        try
        {
            GoldenImport.Run(folder, input, new AnnotationImportOptions { Format = AnnotationFormats.Get(id) });
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Assert.IsFalse(e.Message.Contains('\n', StringComparison.Ordinal), e.Message);
            return e.Message;
        }

        throw new AssertFailedException($"'{input}' was read.");
    }

    private sealed class Told(List<SkippedFile> files) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value)
        {
            lock (files)
                files.Add(value);
        }
    }
}
