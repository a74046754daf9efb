// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class SegmentationDatasetsTests
{
    private const string Table = "name,raw_id,train_id,r,g,b\n\"sky, clouds\",3,0,1,1,1\nground,9,1,2,2,2\n";

    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void All_Rows_AreCompleteAndFoundByTheirIds()
    {
        Assert.AreEqual(SegmentationDatasets.All.Count, SegmentationDatasets.All.Select(dataset => dataset.Id.ToLowerInvariant()).Distinct().Count());
        foreach (var dataset in SegmentationDatasets.All)
        {
            Assert.AreSame(dataset, SegmentationDatasets.Get(dataset.Id.ToUpperInvariant()));
            foreach (string text in (string[])[dataset.Title, dataset.Layout, dataset.Licence, dataset.HowToGet])
                Assert.IsFalse(string.IsNullOrWhiteSpace(text), dataset.Id);
            Assert.Contains(DatasetSplit.Train, dataset.Splits);
            CollectionAssert.AllItemsAreUnique(dataset.Splits.ToArray());
        }
    }

    [TestMethod]
    public void All_EmptyFolder_IsRefusedWithItsNameInEverySplit()
    {
        using var folder = new TemporaryFolder();
        foreach (var dataset in SegmentationDatasets.All)
        {
            CollectionAssert.IsSubsetOf(dataset.PublishedCounts.Keys.ToArray(), dataset.Splits.ToArray(), dataset.Id);
            foreach (var split in dataset.Splits)
            {
                var error = Assert.Throws<IOException>(() => _ml.SemanticSegmentation.Data.Load(dataset, folder.Root, split), dataset.Id);

                Assert.Contains(folder.Root, error.Message, dataset.Id);
            }
        }
    }

    [TestMethod]
    public void Load_AnotherNumberOfImagesThanPublished_IsAWarning()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("val", "a.png");
        folder.Touch("valannot", "a.png");
        var ml = new MLContext();
        var warnings = new List<string>();
        ml.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(entry.RawMessage);
        };

        ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.Validation);

        CollectionAssert.AreEqual(new[] { "CamVid, Validation, has 1 images here, and is published with 101." }, warnings);
        Assert.IsNull(SegmentationDatasets.Cityscapes.FindDifference(DatasetSplit.TrainAndValidation, 2975 + 500));
        Assert.IsNull(SegmentationDatasets.Folder.FindDifference(DatasetSplit.Train, 1));
    }

    [TestMethod]
    public void Load_CityscapesWithoutARoot_IsThatOfTheEnvironment()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("leftImg8bit", "val", "ulm-x", "ulm-x_000010_000019_leftImg8bit.PNG");
        folder.Touch("leftImg8bit", "val", "ulm-x", "ulm-x_000009_000019_leftImg8bit.png");
        folder.Touch("gtFine_trainvaltest", "gtFine", "val", "ulm-x", "ulm-x_000010_000019_gtFine_labelIds.png");
        folder.Touch("gtFine_trainvaltest", "gtFine", "val", "ulm-x", "ulm-x_000009_000019_gtFine_labelIds.png");
        string? before = Environment.GetEnvironmentVariable("CITYSCAPES_DATASET");
        try
        {
            Environment.SetEnvironmentVariable("CITYSCAPES_DATASET", folder.Root);
            var data = _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Cityscapes, root: null, DatasetSplit.Validation);
            CollectionAssert.AreEqual(
                new[] { "ulm-x_000009_000019_leftImg8bit.png", "ulm-x_000010_000019_leftImg8bit.PNG" }, data.GetColumn<string>("ImagePath").Select(Path.GetFileName).ToArray());

            Environment.SetEnvironmentVariable("CITYSCAPES_DATASET", null);
            var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Cityscapes, root: null, DatasetSplit.Validation));
            Assert.Contains("CITYSCAPES_DATASET", error.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CITYSCAPES_DATASET", before);
        }
    }

    // The two keep their numbers from the papers' code, where 255 stands for what none of the classes is.
    [TestMethod]
    public void IddCityscapes_EveryId_IsThatOfThePapersCode()
    {
        int[] expected = GoldenData.Json("labels", "labels.json").GetProperty("idd").GetProperty("raw_uint8_to_train_id_in_the_idd_loader").Integers();
        AssertTrainIds(expected[..40], LabelMaps.IddCityscapes);
        Assert.IsTrue(LabelMaps.IddCityscapes.HasClassesOf(LabelMaps.Cityscapes));
    }

    [TestMethod]
    public void MapillaryCityscapes_EveryId_IsThatOfThePapersCode()
    {
        int[] expected = GoldenData.Json("labels", "labels.json").GetProperty("mapillary").GetProperty("raw_uint8_to_train_id_for_uds").Integers();
        AssertTrainIds(expected[..66], LabelMaps.MapillaryCityscapes);
        Assert.IsTrue(LabelMaps.MapillaryCityscapes.HasClassesOf(LabelMaps.Cityscapes));
    }

    [TestMethod]
    public void Idd_EveryId_IsItsLevel3Id()
    {
        var rows = GoldenData.Json("labels", "labels.json").GetProperty("idd").GetProperty("labels").EnumerateArray();
        AssertTrainIds([.. rows.OrderBy(row => row.GetProperty("id").GetInt32()).Select(row => row.GetProperty("level3Id").GetInt32())], LabelMaps.Idd);
    }

    [TestMethod]
    [DataRow("{\"labels\":[{\"readable\":\"Road\"")]
    [DataRow("{}")]
    [DataRow("[]")]
    [DataRow("{\"labels\":[{\"readable\":\"Road\",\"color\":[1,2]}]}")]
    [DataRow("{\"labels\":[{\"readable\":\"Road\",\"color\":[1,2,300]}]}")]
    [DataRow("{\"labels\":[{\"readable\":7,\"color\":[1,2,3]}]}")]
    [DataRow("{\"labels\":[]}")]
    [DataRow("{\"labels\":{\"a\":1}}")]
    [DataRow("{\"labels\":[1]}")]
    public void ReadLabels_BrokenConfiguration_IsInvalidData(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], text);

        Assert.ThrowsExactly<InvalidDataException>(() => SegmentationDatasets.MapillaryVistas.ReadLabels(folder.Root));
    }

    [TestMethod]
    public void Get_UnknownId_ListsThoseThereAre()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationDatasets.Get("cityscape"));

        Assert.StartsWith($"There is no data set 'cityscape'; the data sets are {string.Join(", ", SegmentationDatasets.All)}.", error.Message);
    }

    [TestMethod]
    public void Load_CamVid_CarriesItsMapAndRawIds()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("val", "a.png");
        folder.Touch("valannot", "a.png");

        var data = _ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.Validation);

        Assert.AreEqual((LabelMaps.CamVid.ToCsv(), MaskIds.Raw), Says(data));
        CollectionAssert.AreEqual(new[] { folder["val", "a.png"] }, data.GetColumn<string>("ImagePath").ToArray());
    }

    [TestMethod]
    public void Load_CamVidWithAMapOfOnesOwn_CarriesThat()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("val", "a.png");
        folder.Touch("valannot", "a.png");
        var merged = LabelMaps.CamVid.Merge("Fewer", new Dictionary<string, string> { ["Bicyclist"] = "Pedestrian" });

        Assert.AreEqual((merged.ToCsv(), MaskIds.Train), Says(_ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.Validation, merged, MaskIds.Train)));
    }

    [TestMethod]
    public void Load_FolderWithClasses_ReadsThemAndTheSplitsInOrder()
    {
        using var folder = new TemporaryFolder();
        foreach (string split in (string[])["train", "val", "test"])
        {
            folder.Touch(split, "images", "b.jpg");
            folder.Touch(split, "images", "a", "1.png");
            folder.Touch(split, "labels", "b.png");
            folder.Touch(split, "labels", "a", "1.png");
        }

        File.WriteAllText(folder["classes.csv"], Table);

        foreach (var (split, names) in new[]
        {
            (DatasetSplit.Train, new[] { "train" }),
            (DatasetSplit.Validation, ["val"]),
            (DatasetSplit.Test, ["test"]),
            (DatasetSplit.TrainAndValidation, ["train", "val"]),
        })
        {
            var data = _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, folder.Root, split);

            CollectionAssert.AreEqual(
                names.SelectMany(name => new[] { folder[name, "labels", "a", "1.png"], folder[name, "labels", "b.png"] }).ToArray(), data.GetColumn<string>("LabelPath").ToArray());
            Assert.AreEqual((Table, MaskIds.Raw), Says(data));
        }
    }

    [TestMethod]
    public void Load_FolderWithoutClassesOrTestLabels_SaysNothingOfThem()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("train", "images", "1.png");
        folder.Touch("train", "labels", "1.png");
        folder.Touch("test", "images", "1.png");

        var train = _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, folder.Root, DatasetSplit.Train);
        var test = _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, folder.Root, DatasetSplit.Test);

        Assert.IsNull(SegmentationDatasets.Folder.ReadLabels(folder.Root));
        Assert.IsNull(MaskAnnotations.TryGet(train.Schema["LabelPath"]));
        CollectionAssert.AreEqual(new[] { "ImagePath" }, test.Schema.Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void Load_SplitThatIsNone_ListsThem()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.Data.Load(SegmentationDatasets.CamVid, folder.Root, (DatasetSplit)9));

        Assert.StartsWith("CamVid has the splits Train, Validation, Test, TrainAndValidation.", error.Message);
    }

    private static void AssertTrainIds(int[] expected, LabelMap labels) =>
        CollectionAssert.AreEqual(expected, Enumerable.Range(0, expected.Length).Select(id => labels.TryGetTrainId((ushort)id, out byte trainId) ? trainId : -1).ToArray());

    private static (string Table, MaskIds Ids) Says(IDataView data) =>
        (MaskAnnotations.TryGet(data.Schema["LabelPath"])!.ToCsv(), MaskAnnotations.TryGetIds(data.Schema["LabelPath"])!.Value);
}
