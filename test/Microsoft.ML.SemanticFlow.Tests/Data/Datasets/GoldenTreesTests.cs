// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Datasets;

/// <summary>Small trees in the layout of each published data set, and the masks that its own tools make of them.</summary>
[TestClass]
public sealed class GoldenTreesTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("root_plain")]
    [DataRow("root_packages")]
    public void Cityscapes_EitherRoot_GivesTheTrainIdsOfItsScripts(string root)
    {
        var samples = Samples("cityscapes", root).Where(sample => sample.GetProperty("kind").GetString() == "gtFine").ToArray();

        AssertSplits(SegmentationDatasets.Cityscapes, "cityscapes", root, samples, "mask_train_ids");
    }

    [TestMethod]
    public void CityscapesCoarse_TrainExtra_IsFoundInItsArchive()
    {
        var samples = Samples("cityscapes", "root_packages").Where(sample => sample.GetProperty("kind").GetString() == "gtCoarse").ToArray();

        Assert.HasCount(1, samples);
        AssertSamples(SegmentationDatasets.CityscapesCoarse, Tree("cityscapes", "root_packages"), DatasetSplit.TrainExtra, "cityscapes", samples, "mask_train_ids");
    }

    [TestMethod]
    [DataRow("old")]
    [DataRow("new")]
    public void Bdd100K_EitherLayout_IsRead(string layout)
    {
        AssertSplits(SegmentationDatasets.Bdd100K, "bdd100k", layout, Samples("bdd100k", layout));
        Assert.HasCount(1, Paths(SegmentationDatasets.Bdd100K, Tree("bdd100k", layout), DatasetSplit.Test));
    }

    [TestMethod]
    [DataRow("mapillary", "v1", "v1", 65)]
    [DataRow("mapillary", "v2", "v2_v1.2", 65)]
    [DataRow("mapillary-2", "v2", "v2_v2.0", 123)]
    public void MapillaryVistas_EveryVersion_HasTheClassesOfItsConfiguration(string id, string root, string name, int classes)
    {
        var dataset = SegmentationDatasets.Get(id);
        var labels = dataset.ReadLabels(Tree("mapillary", root))!;
        var expected = GoldenData.Json("annotations", "mapillary", "expected", "expected.json").GetProperty("classes").GetProperty(classes == 65 ? "v1.2" : "v2.0").EnumerateArray().ToArray();

        AssertSplits(dataset, "mapillary", root, Samples("mapillary", name), rawToTrain: id => id == classes ? LabelMap.IgnoreId : id);
        Assert.AreEqual(classes, labels.ClassCount);
        for (int i = 0; i < classes; i++)
        {
            int[] color = expected[i].GetProperty("color").Integers();
            Assert.AreEqual(new LabelClass(expected[i].GetProperty("readable").GetString()!, (ushort)i, new RgbColor((byte)color[0], (byte)color[1], (byte)color[2])), labels.Classes[i]);
        }
    }

    [TestMethod]
    public void Kitti_ThreeLists_PartTheImagesByTheirNumbers()
    {
        string root = Tree("kitti", "tree");
        var samples = GoldenData.Json("annotations", "kitti", "expected", "expected.json").GetProperty("samples").EnumerateArray().ToArray();
        int[][] validation = [.. Enumerable.Range(0, 3).Select(i => GoldenData.Json("labels", "labels.json").GetProperty("kitti")
            .GetProperty("cross_validation_val_indices (into the sorted list of 200 training images)").GetProperty($"val_{i}").Integers())];

        foreach (var (dataset, list) in new[] { SegmentationDatasets.Kitti, SegmentationDatasets.KittiSecond, SegmentationDatasets.KittiThird }.Zip(validation))
        {
            AssertSamples(dataset, root, DatasetSplit.Train, "kitti", [.. samples.Where((_, i) => !list.Contains(i))]);
            AssertSamples(dataset, root, DatasetSplit.Validation, "kitti", [.. samples.Where((_, i) => list.Contains(i))]);
            Assert.HasCount(1, Paths(dataset, root, DatasetSplit.Test));
        }
    }

    // Masks of the reference are numbers of the lines of label_colors.txt: read with a map in which those are the train ids.
    [TestMethod]
    public void CamVid32_Colours_AreTheLinesOfItsTable()
    {
        var expected = GoldenData.Json("annotations", "camvid32", "expected", "expected.json");
        string table = "name,raw_id,train_id,r,g,b\n" + string.Concat(expected.GetProperty("classes").EnumerateArray().Select(row =>
            $"{row.GetProperty("name").GetString()},{row.GetProperty("id")},{row.GetProperty("id")},{string.Join(',', row.GetProperty("color").Integers())}\n"));
        var samples = Samples("camvid32", "original32");

        foreach (var (split, names) in new[] { (DatasetSplit.Train, new[] { "0001TP_006690", "0006R0_f00930", "0016E5_00390" }), (DatasetSplit.Test, ["Seq05VD_f00000"]) })
        {
            JsonElement[] some = [.. samples.Where(sample => names.Contains(sample.GetProperty("name").GetString()))];
            AssertSamples(SegmentationDatasets.CamVid32, Tree("camvid32", "tree"), split, "camvid32", some, labels: LabelMap.Parse("Lines", table));
            AssertSamples(
                SegmentationDatasets.CamVid32, Tree("camvid32", "tree"), split, "camvid32", some,
                rawToTrain: id => LabelMaps.CamVid32.TryGetTrainId((ushort)id, out byte trainId) ? trainId : throw new AssertFailedException($"{id} is in no row."));
        }
    }

    [TestMethod]
    public void CamVid_SegNetsLayout_IsRead() =>
        AssertSplits(SegmentationDatasets.CamVid, "camvid32", "segnet11", Samples("camvid32", "segnet11"), rawToTrain: id => id == 11 ? LabelMap.IgnoreId : id);

    [TestMethod]
    [DataRow("")]
    [DataRow("VOCdevkit")]
    [DataRow("VOCdevkit/VOC2012")]
    public void PascalVoc_AnyFolderOfItsTree_IsARoot(string below)
    {
        var expected = GoldenData.Json("annotations", "voc", "expected", "expected.json");

        AssertSplits(SegmentationDatasets.PascalVoc, "voc", $"tree/{below}", [.. expected.GetProperty("samples").EnumerateArray()]);
        var listed = expected.GetProperty("classes").EnumerateArray().Select(row => row.GetProperty("name").GetString());
        CollectionAssert.AreEqual(listed.ToArray(), LabelMaps.PascalVoc.Classes.Select(label => label.Name).ToArray());
    }

    [TestMethod]
    public void Ade20K_Zero_IsIgnored() => AssertSplits(
        SegmentationDatasets.Ade20K, "ade20k", "tree", [.. GoldenData.Json("annotations", "ade20k", "expected", "expected.json").GetProperty("samples").EnumerateArray()]);

    [TestMethod]
    [DataRow("tree_raw")]
    [DataRow("tree_converted")]
    public void Uds_RawOrConvertedTree_GivesTheAuthorsMasksAndOrder(string tree)
    {
        var cases = GoldenData.Json("annotations", "uds", "expected", "expected.json").GetProperty("cases");
        string root = Tree("uds", tree, "data");

        foreach (var (split, name) in new[] { (DatasetSplit.Train, "train"), (DatasetSplit.Validation, "val") })
        {
            var samples = cases.GetProperty(name).GetProperty("samples").EnumerateArray().ToArray();
            AssertSamples(SegmentationDatasets.Uds, root, split, $"uds/{tree}", samples, masks: "uds");
            CollectionAssert.AreEqual(
                samples.Select(sample => sample.GetProperty("source").GetString()).ToArray(),
                _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Uds, root, split).GetColumn<string>("Source").ToArray());
        }
    }

    [TestMethod]
    public void Uds_FewerClasses_AreReadFromEverySource()
    {
        string root = Tree("uds", "tree_raw", "data");
        var merged = LabelMaps.Cityscapes.Merge("Fewer", new Dictionary<string, string> { ["sidewalk"] = "road", ["rider"] = "person" });
        byte[] fewer = [.. LabelMaps.Cityscapes.Classes.Select(label => merged.TryGetTrainId(label.RawId, out byte id) ? id : throw new AssertFailedException(label.Name))];

        var all = Masks(_ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Uds, root, DatasetSplit.TrainAndValidation));
        var some = Masks(_ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Uds, root, DatasetSplit.TrainAndValidation, merged));

        Assert.HasCount(12, all);
        foreach (var (mask, other) in all.Zip(some))
            CollectionAssert.AreEqual(mask.Ids.ToArray().Select(id => id == LabelMap.IgnoreId ? id : fewer[id]).ToArray(), other.Ids.ToArray());
    }

    [TestMethod]
    public void Uds_SavedPipeline_ReadsEverySourceByItsPaths()
    {
        string root = Tree("uds", "tree_raw", "data");
        using var folder = new TemporaryFolder();
        var data = _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Uds, root, DatasetSplit.Train);
        var loading = _ml.Transforms.SemanticFlow().LoadMasks("Mask", "LabelPath").Fit(data);
        _ml.Model.Save(loading, data.Schema, folder["masks.zip"]);

        var loaded = new MLContext().Model.Load(folder["masks.zip"], out _);

        foreach (var (mask, other) in Masks(data).Zip(loaded.Transform(data).GetColumn<SegmentationMask>("Mask")))
            CollectionAssert.AreEqual(mask.Ids.ToArray(), other.Ids.ToArray());
    }

    // Label files as IDD's own tool writes them, laid beside the images.
    [TestMethod]
    [DataRow("idd", "labelids", "labellevel3Ids")]
    [DataRow("idd", "labellevel3Ids", "labellevel3Ids")]
    [DataRow("idd-cityscapes", "labelids", "labelcsTrainIds")]
    [DataRow("idd-cityscapes", "labelcsTrainIds", "labelcsTrainIds")]
    public void Idd_EveryKindOfLabelFile_GivesTheSameTrainIds(string id, string have, string expected)
    {
        using var folder = new TemporaryFolder();
        string root = Tree("idd");
        var samples = GoldenData.Json("annotations", "idd", "expected", "expected.json").GetProperty("samples").EnumerateArray().ToArray();
        foreach (var sample in samples)
        {
            string image = sample.GetProperty("image").GetString()!, split = sample.GetProperty("split").GetString()!;
            string drive = Path.GetFileName(Path.GetDirectoryName(image)!), stem = Path.GetFileName(image).Split("_leftImg8bit")[0];
            File.Copy(Path.Combine(root, image), folder.Prepare("leftImg8bit", split, drive, Path.GetFileName(image)));
            File.Copy(Path.Combine(root, "expected", split, $"{stem}_gtFine_{have}.png"), folder.Prepare("gtFine", split, drive, $"{stem}_gtFine_{have}.png"));
        }

        foreach (var (split, name) in new[] { (DatasetSplit.Train, "train"), (DatasetSplit.Validation, "val") })
        {
            var masks = Masks(_ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Get(id), folder.Root, split));
            var names = samples.Where(sample => sample.GetProperty("split").GetString() == name).Select(sample => Path.GetFileName(sample.GetProperty("image").GetString()!).Split("_leftImg8bit")[0]).ToArray();
            Assert.HasCount(names.Length, masks);
            for (int i = 0; i < names.Length; i++)
                CollectionAssert.AreEqual(PngIndexReader.Read(Path.Combine(root, "expected", name, $"{names[i]}_gtFine_{expected}.png")).Samples, masks[i].Ids.ToArray(), names[i]);
        }
    }

    [TestMethod]
    public void Idd_PolygonsAlone_SaysHowToMakeMasks()
    {
        var error = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Idd, Tree("idd", "tree"), DatasetSplit.Train));

        Assert.Contains("dataset import --from idd", error.Message);
    }

    [TestMethod]
    [DataRow("cityscapes", "cityscapes", "broken", "x_000005_000000_leftImg8bit.png", "has no label file")]
    [DataRow("cityscapes", "cityscapes", "broken", "not_a_cityscapes_name_leftImg8bit.png", "is not named as the data set names images")]
    [DataRow("bdd100k", "bdd100k", "broken", "no_label.jpg", "has no label file")]
    [DataRow("bdd100k", "bdd100k", "broken", "id_19.jpg", "holds class id 19 at row")]
    [DataRow("bdd100k", "bdd100k", "broken", "size_differs.jpg", "Give a label of the image's size")]
    [DataRow("mapillary", "mapillary", "broken", "id_66_beyond_config.jpg", "holds class id 66 at row")]
    [DataRow("mapillary", "mapillary", "broken", "no_label.jpg", "has no label file")]
    [DataRow("mapillary", "mapillary", "broken", "rgb_instead_of_palette.jpg", "is RGB")]
    [DataRow("kitti", "kitti", "broken", "000000_10.png", "holds class id 34 at row")]
    [DataRow("kitti-second", "kitti", "broken", "000001_10.png", "Give a label of the image's size")]
    [DataRow("kitti", "kitti", "broken", "000002_10.png", "has no label file")]
    [DataRow("camvid32", "camvid32", "broken", "colour_off_by_one.png", "holds colour (64, 0, 129) at row")]
    [DataRow("camvid32", "camvid32", "broken", "antialiased.png", "without smoothing")]
    [DataRow("camvid32", "camvid32", "broken", "size_differs.png", "Give a label of the image's size")]
    [DataRow("camvid32", "camvid32", "broken", "no_label.png", "has no label file")]
    [DataRow("voc", "voc", "broken", "rgb_colours_instead_of_palette.jpg", "is RGB")]
    [DataRow("voc", "voc", "broken", "size_differs.jpg", "Give a label of the image's size")]
    [DataRow("voc", "voc", "broken", "jpeg_mask.jpg", "class ids are read from PNG alone")]
    [DataRow("voc", "voc", "broken", "id_33.jpg", "holds class id 33 at row")]
    [DataRow("voc", "voc", "broken", "listed_only", "there is no such image")]
    [DataRow("ade20k", "ade20k", "broken", "ADE_train_00000001.jpg", "holds class id 151 at row")]
    [DataRow("ade20k", "ade20k", "broken", "ADE_train_00000002.jpg", "Give a label of the image's size")]
    [DataRow("ade20k", "ade20k", "broken", "ADE_train_00000003.jpg", "has no label file")]
    [DataRow("uds", "uds", "broken", "z.jpg", "holds class id 30 at row")]
    [DataRow("uds", "uds", "broken", "000001_leftImg8bit.png", "it has no 'gtFine/train'")]
    public void Broken_EveryMember_IsRefusedInASentence(string id, string format, string tree, string image, string sentence)
    {
        var dataset = SegmentationDatasets.Get(id);
        string root = format == "uds" ? Tree(format, tree, "data") : Tree(format, tree);
        var faults = new List<string>();
        var reading = new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 1, Skipped = new Told(file => faults.Add($"{Path.GetFileName(file.Path)}: {file.Reason}")) };

        foreach (var (path, label, files) in List(dataset, root, reading, faults))
        {
            try
            {
                var mask = files.Load(label);
                if ((mask.Height, mask.Width) != ImageCodec.ReadSize(path))
                    throw new InvalidDataException("Give a label of the image's size.");
            }
            catch (InvalidDataException fault)
            {
                faults.Add($"{Path.GetFileName(path)}: {fault.Message}");
            }
        }

        Assert.IsTrue(faults.Any(fault => fault.StartsWith(image, StringComparison.Ordinal) && fault.Contains(sentence, StringComparison.Ordinal)), string.Join('\n', faults));
    }

    // A set of several whose sources are not all there is listed source by source.
    private static IEnumerable<(string Image, string Label, LabelFiles Files)> List(SegmentationDatasetInfo dataset, string root, ReadingOptions reading, List<string> faults)
    {
        (SegmentationDatasetInfo, string)[] parts = dataset != SegmentationDatasets.Uds ? [(dataset, root)]
            : [(SegmentationDatasets.Bdd100K, Path.Combine(root, "bdd")), (SegmentationDatasets.IddCityscapes, Path.Combine(root, "IDD"))];
        foreach (var (part, folder) in parts)
        {
            IDataView data;
            try
            {
                data = _ml.SemanticSegmentation.Data.Load(part, folder, DatasetSplit.Train, reading: reading);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException)
            {
                faults.Add($"000001_leftImg8bit.png: {fault.Message}");
                continue;
            }

            if (data.Schema.GetColumnOrNull("LabelPath") is not { } paths)
                continue;
            var files = LabelFiles.Of(paths, null, null);
            foreach (var (image, label) in data.GetColumn<string>("ImagePath").Zip(data.GetColumn<string>("LabelPath")))
                yield return (image, label, files);
        }
    }

    private static void AssertSplits(
        SegmentationDatasetInfo dataset, string format, string root, JsonElement[] samples, string mask = "mask", Func<int, int>? rawToTrain = null)
    {
        foreach (var split in samples.GroupBy(sample => sample.GetProperty("split").GetString()!))
        {
            var which = split.Key switch { "train" or "training" => DatasetSplit.Train, "val" or "validation" => DatasetSplit.Validation, _ => DatasetSplit.Test };
            AssertSamples(dataset, Tree(format, root), which, format, [.. split], mask, rawToTrain);
        }
    }

    private static void AssertSamples(
        SegmentationDatasetInfo dataset, string root, DatasetSplit split, string images, JsonElement[] samples, string mask = "mask",
        Func<int, int>? rawToTrain = null, LabelMap? labels = null, string? masks = null)
    {
        if (samples.Length == 0)
        {
            Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.Data.Load(dataset, root, split));
            return;
        }

        var data = _ml.SemanticSegmentation.Data.Load(dataset, root, split, labels);
        CollectionAssert.AreEqual(
            samples.Select(sample => Path.GetFullPath(Path.Combine(Tree(images), sample.GetProperty("image").GetString()!))).ToArray(),
            data.GetColumn<string>("ImagePath").Select(Path.GetFullPath).ToArray());
        var read = Masks(data);
        for (int i = 0; i < samples.Length; i++)
        {
            var expected = PngIndexReader.Read(Path.Combine(Tree(masks ?? images), samples[i].GetProperty(mask).GetString()!)).Samples;
            if (rawToTrain is not null)
                expected = Array.ConvertAll(expected, id => (byte)rawToTrain(id));
            Assert.AreEqual(samples[i].GetProperty("width").GetInt32(), read[i].Width);
            CollectionAssert.AreEqual(expected, read[i].Ids.ToArray(), samples[i].GetProperty("name").GetString());
        }
    }

    private static SegmentationMask[] Masks(IDataView data) =>
        [.. _ml.Transforms.SemanticFlow().LoadMasks("Mask", "LabelPath").Fit(data).Transform(data).GetColumn<SegmentationMask>("Mask")];

    private static string[] Paths(SegmentationDatasetInfo dataset, string root, DatasetSplit split)
    {
        var data = _ml.SemanticSegmentation.Data.Load(dataset, root, split);
        Assert.IsNull(data.Schema.GetColumnOrNull("LabelPath"));
        return [.. data.GetColumn<string>("ImagePath")];
    }

    private static JsonElement[] Samples(string format, string name) =>
        [.. GoldenData.Json("annotations", format, "expected", "expected.json").GetProperty("cases").GetProperty(name).GetProperty("samples").EnumerateArray()];

    private static string Tree(params string[] parts) => GoldenData.File(["annotations", .. parts]);

    private sealed class Told(Action<SkippedFile> hear) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value) => hear(value);
    }
}
