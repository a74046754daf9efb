// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Inspection;

[TestClass]
public sealed class DatasetInspectionTests : IDisposable
{
    private const int Pixels = DrawnDataset.Height * DrawnDataset.Width;

    private readonly DrawnDataset _data = new();

    public void Dispose() => _data.Dispose();

    [TestMethod]
    public void Inspect_NothingWrong_CountsWhatThereIs()
    {
        var found = Inspect();

        Assert.IsTrue(found.IsClean, string.Join('\n', found.Findings.Select(finding => finding.Message)));
        CollectionAssert.AreEqual(new[] { DatasetSplit.Train, DatasetSplit.Validation }, found.Splits.Select(split => split.Split).ToArray());
        var train = found.Splits[0];
        Assert.AreEqual((3, 3, 0L), (train.ImageCount, train.LabelCount, train.IgnoredPixels));
        CollectionAssert.AreEqual(new[] { (DrawnDataset.Height, DrawnDataset.Width, 3) }, train.Sizes.ToArray());
        CollectionAssert.AreEqual(new[] { 3L * Pixels / 2, 3L * Pixels / 2 }, train.ClassPixels.ToArray());
        CollectionAssert.AreEqual(new[] { 3, 3 }, train.ClassImages.ToArray());
        Assert.AreEqual(32, found.SuggestedCrop);
        Assert.IsFalse(found.HasRareClasses);

        // 1 / (6 ln 1.52)
        Assert.AreEqual(0.3980f, found.SuggestedClassWeights[0], 1e-4f);
    }

    [TestMethod]
    public void Inspect_UnknownId_SaysFileRowAndColumn()
    {
        byte[] ids = DrawnDataset.HalfAndHalf();
        ids[(2 * DrawnDataset.Width) + 7] = 9;
        ids[(2 * DrawnDataset.Width) + 8] = 4;
        _data.Add("train", "two", ids);

        var finding = TheOne(DatasetFindingKind.UnknownId);

        Assert.AreEqual((2, 7, DatasetSplit.Train), (finding.Row, finding.Column, finding.Split));
        Assert.AreEqual(_data["train", "labels", "two.png"], finding.OtherPath);
        Assert.Contains("holds id 9 at row 2, column 7", finding.Message);
    }

    [TestMethod]
    public void Inspect_UnknownColour_SaysFileRowAndColumn()
    {
        foreach (string file in Directory.GetFiles(_data.Root, "*.png", SearchOption.AllDirectories).Where(file => file.Contains("labels", StringComparison.Ordinal)))
            DrawColors(file, (128, 64, 128), (70, 130, 180));
        DrawColors(_data["train", "labels", "two.png"], (128, 64, 128), (70, 130, 180), strange: 5);

        var finding = TheOne(DatasetFindingKind.UnknownId, new DatasetInspectionOptions { Ids = MaskIds.Color });

        Assert.AreEqual((0, 5), (finding.Row, finding.Column));
    }

    [TestMethod]
    public void Inspect_OtherSize_SaysBoth()
    {
        DrawnDataset.DrawLabel(_data["val", "labels", "five.png"], [.. DrawnDataset.HalfAndHalf().Take(Pixels / 2), .. new byte[Pixels / 4].Select(_ => (byte)5)],
            DrawnDataset.Height * 3 / 4);

        Assert.Contains("is 32 x 48, its label", TheOne(DatasetFindingKind.SizeDiffers).Message);
    }

    [TestMethod]
    public void Inspect_TurnedImageAndLabelAsStored_IsSaid()
    {
        File.WriteAllBytes(_data["train", "images", "turned.jpg"], TurnedFiles.Quarters(SKEncodedImageFormat.Jpeg, 6));
        DrawnDataset.DrawLabel(_data["train", "labels", "turned.png"], [.. Enumerable.Range(0, 48 * 80).Select(i => (byte)(i % 2 == 0 ? 3 : 5))], 48, 80);

        Assert.Contains("is turned by EXIF to 80 x 48", TheOne(DatasetFindingKind.TurnedImage).Message);
    }

    [TestMethod]
    public void Inspect_TurnedImageOfTheSameSize_IsANote()
    {
        File.WriteAllBytes(_data["train", "images", "turned.jpg"], TurnedFiles.Quarters(SKEncodedImageFormat.Jpeg, 3));
        DrawnDataset.DrawLabel(_data["train", "labels", "turned.png"], [.. Enumerable.Range(0, 48 * 80).Select(i => (byte)(i % 2 == 0 ? 3 : 5))], 48, 80);

        var found = Inspect();

        Assert.IsTrue(found.IsClean);
        Assert.AreEqual(DatasetFindingKind.TurnedImage, found.Findings.Single().Kind);
    }

    [TestMethod]
    [DataRow("images")]
    [DataRow("labels")]
    public void Inspect_CutOffFile_IsUnreadable(string folder)
    {
        string path = _data["train", folder, "two.png"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);

        Assert.Contains("cannot be read", TheOne(DatasetFindingKind.UnreadableFile).Message);
    }

    [TestMethod]
    public void Inspect_LabelInColours_NamesThem()
    {
        DrawColors(_data["train", "labels", "two.png"], (128, 64, 128), (70, 130, 180));

        Assert.Contains("2 colours, #4682b4, #804080,", TheOne(DatasetFindingKind.ColorMask).Message);
    }

    [TestMethod]
    [DataRow("two.jpg")]
    [DataRow("two.png")]
    public void Inspect_JpegLabel_IsSaidUnderEitherName(string name)
    {
        File.Delete(_data["train", "labels", "two.png"]);
        PictureEncoder.Save(new PixelImage(DrawnDataset.Height, DrawnDataset.Width), _data["train", "labels", name], PictureFormat.Jpeg);

        Assert.AreEqual(_data["train", "labels", name], TheOne(DatasetFindingKind.JpegMask).OtherPath);
    }

    [TestMethod]
    public void Inspect_NothingButIgnored_IsEmpty()
    {
        _data.Add("train", "two", [.. Enumerable.Repeat((byte)255, Pixels)]);

        Assert.Contains("every pixel is ignored", TheOne(DatasetFindingKind.EmptyMask).Message);
    }

    [TestMethod]
    public void Inspect_NothingButBackground_IsEmptyAndAnotherClassIsNot()
    {
        File.WriteAllText(_data["classes.csv"], DrawnDataset.Table.Replace("road", "Background", StringComparison.Ordinal));
        _data.Add("train", "two", [.. Enumerable.Repeat((byte)3, Pixels)]);
        _data.Add("train", "one", [.. Enumerable.Repeat((byte)5, Pixels)]);

        Assert.AreEqual(_data["train", "images", "two.png"], TheOne(DatasetFindingKind.EmptyMask).Path);
    }

    [TestMethod]
    public void Inspect_NoClassesAndAGap_NamesTheIds()
    {
        File.Delete(_data["classes.csv"]);

        var found = Inspect();

        CollectionAssert.Contains(found.Findings.Select(finding => finding.Kind).ToArray(), DatasetFindingKind.IdGap);
        Assert.Contains("none holds 0, 1, 2, 4", found.Findings.Single(finding => finding.Kind == DatasetFindingKind.IdGap).Message);
    }

    [TestMethod]
    [DataRow("train", DatasetSplit.Train)]
    [DataRow("val", DatasetSplit.Validation)]
    public void Inspect_ClassInNoLabelOfASplit_IsSaid(string split, DatasetSplit which)
    {
        foreach (string file in Directory.GetFiles(_data[split, "labels"]))
            DrawnDataset.DrawLabel(file, [.. Enumerable.Repeat((byte)3, Pixels)]);

        var finding = TheOne(DatasetFindingKind.AbsentClass);

        Assert.AreEqual(which, finding.Split);
        Assert.Contains("'sky <b>'", finding.Message);
    }

    [TestMethod]
    public void Inspect_OneFileInTwoSplits_IsSaid()
    {
        File.Copy(_data["train", "images", "two.png"], _data["val", "images", "five.png"], overwrite: true);

        Assert.Contains("in Train and in Validation", TheOne(DatasetFindingKind.SameImage).Message);
    }

    [TestMethod]
    public void Inspect_OneFileTwiceInASplit_IsANote()
    {
        File.Copy(_data["train", "images", "two.png"], _data["train", "images", "one.png"], overwrite: true);

        var found = Inspect();

        Assert.IsTrue(found.IsClean);
        Assert.AreEqual(DatasetFindingKind.SameImage, found.Findings.Single().Kind);
    }

    [TestMethod]
    [DataRow("clip_0009.png", "clip_0010.png", true)]
    [DataRow("clip_0009_leftImg8bit.png", "clip_0010_leftImg8bit.png", true)]
    [DataRow("clip9.png", "clip10.png", true)]
    [DataRow("clip_0009.png", "clap_0010.png", false)]
    public void Inspect_NeighboursOfAVideoInTwoSplits_AreSaid(string one, string next, bool areNeighbours)
    {
        Film("train", one, 0);
        Film("val", next, 1);

        if (areNeighbours)
            Assert.Contains("follow one another", TheOne(DatasetFindingKind.SimilarNeighbors).Message);
        else
            Assert.IsTrue(Inspect().IsClean);
    }

    [TestMethod]
    public void Inspect_NeighboursThatShowSomethingElse_AreNone()
    {
        _data.Add("train", "clip_0009");
        _data.Add("val", "clip_0010");

        Assert.IsTrue(Inspect().IsClean);
    }

    [TestMethod]
    public void Inspect_TwoImagesOfOneStem_AreBothNamed()
    {
        File.Copy(_data["train", "images", "two.png"], _data["train", "images", "two.jpg"]);

        var finding = TheOne(DatasetFindingKind.Name);

        Assert.Contains("two.jpg", finding.Message);
        Assert.Contains("two.png", finding.Message);
    }

    [TestMethod]
    public void Inspect_NamesThatDifferByCapitals_AreSaid()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Inconclusive("skipped: the disk takes both names for one");
        _data.Add("train", "Two");

        Assert.Contains("differ by capital letters", TheOne(DatasetFindingKind.Name).Message);
    }

    [TestMethod]
    public void Inspect_MissingLabel_IsSaid()
    {
        File.Delete(_data["train", "labels", "two.png"]);

        Assert.AreEqual(_data["train", "labels", "two.png"], TheOne(DatasetFindingKind.MissingFile).OtherPath);
    }

    [TestMethod]
    public void Inspect_AllLabelsOfASplitMissing_AreAllSaid()
    {
        foreach (string file in Directory.GetFiles(_data["val", "labels"]))
            File.Delete(file);

        Assert.AreEqual(2, Inspect().Findings.Count(finding => finding.Kind == DatasetFindingKind.MissingFile));
    }

    [TestMethod]
    public void Inspect_OtherNumberThanPublished_IsANote()
    {
        Directory.Move(_data["train", "images"], _data["train2"]);
        Directory.Move(_data["train", "labels"], _data["trainannot"]);
        Directory.Delete(_data["train"]);
        Directory.Move(_data["train2"], _data["train"]);

        var found = new MLContext().SemanticSegmentation.Data.Inspect(SegmentationDatasets.CamVid, _data.Root);

        Assert.Contains("has 3 images here, and is published with 367", found.Findings.Single(finding => finding.Kind == DatasetFindingKind.ImageCount).Message);
    }

    [TestMethod]
    public void Inspect_ManyThreads_FindTheSame()
    {
        DrawnDataset.DrawLabel(_data["train", "labels", "two.png"], [.. Enumerable.Repeat((byte)8, Pixels)]);
        File.WriteAllBytes(_data["val", "images", "four.png"], [1, 2, 3]);

        string[] one = Texts(new DatasetInspectionOptions { Workers = 1 }), many = Texts(new DatasetInspectionOptions { Workers = 8 });

        CollectionAssert.AreEqual(one, many);

        string[] Texts(DatasetInspectionOptions options) => [.. Inspect(options).Findings.Select(finding => finding.Message)];
    }

    [TestMethod]
    public void Inspect_Cancelled_Ends()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Inspect(new DatasetInspectionOptions { CancellationToken = source.Token }));
    }

    [TestMethod]
    public void Inspect_NoSplit_IsRefused()
    {
        using var empty = new TemporaryFolder();

        Assert.ThrowsExactly<DirectoryNotFoundException>(() => new MLContext().SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, empty.Root));
    }

    // The best of three of each, since other work on the machine only adds.
    [TestMethod]
    [TestCategory("Nightly")]
    public void Inspect_LargeImages_TakesAtMostAThirdMoreThanDecodingThem()
    {
        const int Count = 60, Rows = 1024, Columns = 2048;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["classes.csv"], "name,raw_id,train_id,r,g,b\n" + string.Concat(Enumerable.Range(0, 19).Select(id => $"c{id},{id},{id},1,2,{id}\n")));
        Parallel.For(0, Count, i =>
        {
            byte[] rgb = GoldenFormula.Images($"large{i}", 1, Rows, Columns);
            var image = new PixelImage(Rows, Columns);
            for (int pixel = 0; pixel < Rows * Columns; pixel++)
            {
                for (int channel = 0; channel < 3; channel++)
                    image.Bgra[(4 * pixel) + channel] = rgb[(3 * pixel) + channel];
                image.Bgra[(4 * pixel) + 3] = 255;
            }

            ImageCodec.SavePng(image, folder.Prepare("train", "images", $"{i}.png"));
            var mask = new SegmentationMask(Rows, Columns, GoldenFormula.Labels($"label{i}", 1, Rows, Columns),
                LabelMap.FromClassNames("c", [.. Enumerable.Range(0, 19).Select(id => $"c{id}")]));
            mask.Save(folder.Prepare("train", "labels", $"{i}.png"));
        });
        string[] images = Directory.GetFiles(folder["train", "images"]), labels = Directory.GetFiles(folder["train", "labels"]);

        double decoding = double.MaxValue, looking = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            decoding = Math.Min(decoding, Seconds(() => Parallel.For(0, Count, i =>
            {
                ImageCodec.Decode(images[i], rent: true).Dispose();
                PngIndexReader.Read(labels[i]);
            })));
            looking = Math.Min(looking, Seconds(() => new MLContext().SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, folder.Root)));
        }

        Console.WriteLine($"{Count} images of {Rows} x {Columns}: decoding {decoding:f2} s, looking {looking:f2} s, ratio {looking / decoding:f2}");
        Assert.IsLessThanOrEqualTo(1.3, looking / decoding);

        // Of the processors, which other work does not add to as it does to the clock's.
        static double Seconds(Action work)
        {
            var before = Environment.CpuUsage.TotalTime;
            work();
            return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }
    }

    private DatasetInspection Inspect(DatasetInspectionOptions? options = null) =>
        new MLContext().SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, _data.Root, options);

    private DatasetFinding TheOne(DatasetFindingKind kind, DatasetInspectionOptions? options = null)
    {
        var found = Inspect(options);
        Assert.HasCount(1, found.Findings, string.Join('\n', found.Findings.Select(finding => $"{finding.Kind}: {finding.Message}")));
        Assert.AreEqual(kind, found.Findings[0].Kind);
        Assert.IsFalse(found.IsClean);
        return found.Findings[0];
    }

    // The same picture, a little brighter.
    private void Film(string split, string name, int brighter)
    {
        string path = _data[split, "images", name];
        DrawnDataset.DrawImage(path, "clip");
        DrawnDataset.DrawLabel(_data[split, "labels", name], DrawnDataset.HalfAndHalf());
        var image = ImageCodec.Decode(path);
        for (int i = 0; i < image.Bgra.Length; i++)
            image.Bgra[i] = (byte)Math.Min(255, image.Bgra[i] + brighter);
        ImageCodec.SavePng(image, path);
    }

    private static void DrawColors(string path, (byte R, byte G, byte B) upper, (byte R, byte G, byte B) lower, int strange = -1)
    {
        var bgra = new byte[Pixels * 4];
        for (int i = 0; i < Pixels; i++)
        {
            var (r, g, b) = i < Pixels / 2 ? upper : lower;
            (bgra[4 * i], bgra[(4 * i) + 1], bgra[(4 * i) + 2], bgra[(4 * i) + 3]) = (b, g, (byte)(i == strange ? r + 1 : r), 255);
        }

        ImageCodec.SavePng(new PixelImage(DrawnDataset.Height, DrawnDataset.Width, bgra), path);
    }
}
