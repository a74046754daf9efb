// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>What an import leaves in its folder, and how it goes on.</summary>
[TestClass]
public sealed class AnnotationImportTests
{
    private static TinyTree Tree => TinyTree.Of("coco");

    [TestMethod]
    public void Import_InShards_IsTheWholeThatALastImportReports()
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("labelme");
        foreach (string name in (string[])["a", "b", "c"])
        {
            TinyTree.WriteImage(folder.Prepare("in", name + ".png"));
            File.WriteAllText(folder.Prepare("in", name + ".json"), tree.Text!.Replace("\"a.png\"", $"\"{name}.png\"", StringComparison.Ordinal));
        }

        var options = new AnnotationImportOptions { Format = tree.Format };
        int[] counts = [.. Enumerable.Range(0, 2).Select(index => tree.Import(folder, options with { Shard = new WorkShard(index, 2) }).Images.Values.Sum())];
        var last = tree.Import(folder, options);

        CollectionAssert.AreEqual(new[] { 2, 1 }, counts);
        Assert.AreEqual((3, 3), (last.Images[DatasetSplit.Train], last.Existing));
        Assert.AreEqual(3L * tree.Pixels, last.Pixels[tree.Id]);
        Assert.HasCount(3, Directory.GetFiles(folder["out", "train", "labels"], "*.png"));
    }

    [TestMethod]
    public void Import_Again_MakesNothingAnew()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        Tree.Import(folder);
        string mask = folder["out", "train", "labels", "a.png"];
        var made = File.GetLastWriteTimeUtc(mask);

        var report = Tree.Import(folder);

        Assert.AreEqual((1, 0L), (report.Existing, report.Objects));
        Assert.AreEqual(made, File.GetLastWriteTimeUtc(mask));
        Assert.AreEqual(Tree.Pixels, report.Pixels[Tree.Id]);
    }

    [TestMethod]
    public void Import_AgainAfterAMaskWasCutOff_MakesItAnew()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        Tree.Import(folder);
        string mask = folder["out", "train", "labels", "a.png"];
        byte[] whole = File.ReadAllBytes(mask);
        File.WriteAllBytes(mask, whole[..^20]);

        var report = Tree.Import(folder);

        Assert.AreEqual(0, report.Existing);
        CollectionAssert.AreEqual(whole, File.ReadAllBytes(mask));
    }

    [TestMethod]
    public void Import_AgainAfterTheAnnotationsChanged_MakesItAnew()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        Tree.Import(folder);
        File.WriteAllText(folder["in", Tree.File], Tree.Text!.Replace("12", "14", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(folder["in", Tree.File], DateTime.UtcNow.AddMinutes(1));

        var report = Tree.Import(folder);

        Assert.AreEqual(0, report.Existing);
        Assert.AreEqual(6 * 10, TinyTree.Mask(folder).Count(pixel => pixel == Tree.Id));
    }

    [TestMethod]
    public void Import_AgainWithOtherOptions_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        Tree.Import(folder);

        var fault = Assert.ThrowsExactly<InvalidDataException>(() => Tree.Import(folder, new AnnotationImportOptions { Background = AnnotationBackground.Ignore }));

        StringAssert.Contains(fault.Message, "other options");
    }

    [TestMethod]
    public void Import_OutputHoldsOtherFiles_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        folder.Touch("out", "mine.txt");

        Assert.ThrowsExactly<InvalidDataException>(() => Tree.Import(folder));

        Assert.IsFalse(Directory.Exists(folder["out", "train"]));
    }

    [TestMethod]
    public void Import_OutputIsTheInput_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);

        Assert.ThrowsExactly<ArgumentException>(() => new MLContext(seed: 1).SemanticSegmentation.Data.Import(folder["in"], folder["in"]));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Import_Images_AreLinksOrCopies()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        string source = folder["in", "images", "train", "a.png"], placed = folder["out", "train", "images", "a.png"];

        Tree.Import(folder);
        Assert.AreEqual(source, new FileInfo(placed).LinkTarget);

        Directory.Delete(folder["out"], recursive: true);
        Tree.Import(folder, new AnnotationImportOptions { Images = ImagePlacement.Copy });
        Assert.IsNull(new FileInfo(placed).LinkTarget);
        CollectionAssert.AreEqual(File.ReadAllBytes(source), File.ReadAllBytes(placed));
    }

    [TestMethod]
    public void Import_Cancelled_GoesOnLater()
    {
        using var folder = new TemporaryFolder();
        Tree.Write(folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsExactly<OperationCanceledException>(() => Tree.Import(folder, new AnnotationImportOptions { CancellationToken = cancelled.Token }));
        Assert.AreEqual(1, Tree.Import(folder, new AnnotationImportOptions()).Images[DatasetSplit.Train]);
    }

    [TestMethod]
    public void Import_FaultySkipped_IsReportedAndTheRestWritten()
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("labelme");
        tree.Write(folder);
        File.WriteAllText(folder["in", "b.json"], tree.Text!.Replace("a.png", "b.png", StringComparison.Ordinal));
        var told = new List<SkippedFile>();

        var report = tree.Import(folder, new AnnotationImportOptions { Reading = new ReadingOptions { SkipFaulty = true, Skipped = new Told(told) } });

        Assert.AreEqual(1, report.Images[DatasetSplit.Train]);
        Assert.AreEqual(folder["in", "b.json"], report.Skipped.Single().Path);
        Assert.AreEqual(report.Skipped.Single(), told.Single());
        StringAssert.Contains(report.Skipped.Single().Reason, "b.png");
    }

    [TestMethod]
    [DataRow(PaintOrder.File, 2)]
    [DataRow(PaintOrder.Area, 1)]
    public void Import_ObjectsOverlap_TheOrderDecides(PaintOrder order, int seen)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("labelme");
        tree.Write(folder, tree.Text!.Replace(
            "}], \"imagePath\"", "}, {\"label\": \"road\", \"points\": [[0, 0], [19, 15]], \"shape_type\": \"rectangle\"}], \"imagePath\"", StringComparison.Ordinal));

        tree.Import(folder, new AnnotationImportOptions { Order = order });

        Assert.AreEqual(seen, TinyTree.Mask(folder)[(5 * TinyTree.Width) + 6]); // car is 1, road 2
    }

    [TestMethod]
    public void Import_ColoursSmoothed_AreCountedAndNearestWhereAsked()
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("cvat");
        tree.Write(folder);
        using (var image = new PixelImage(TinyTree.Height, TinyTree.Width))
        {
            image.Bgra.Fill(255);
            for (int i = 0; i < TinyTree.Height * TinyTree.Width; i++)
            {
                byte[] color = i switch { 45 => [20, 15, 9], 46 => [3, 2, 1], _ => [30, 20, 10] };
                color.CopyTo(image.Bgra[(4 * i)..]);
            }

            ImageCodec.SavePng(image, folder["in", tree.File]);
        }

        var fault = Assert.ThrowsExactly<InvalidDataException>(() => tree.Import(folder));
        tree.Import(folder, new AnnotationImportOptions { NearestColor = true });

        StringAssert.Contains(fault.Message, "2 colours");
        StringAssert.Contains(fault.Message, "(9, 15, 20) at row 2, column 5");
        StringAssert.Contains(fault.Message, "--nearest-color");
        byte[] mask = TinyTree.Mask(folder);
        Assert.AreEqual((1, 0, 1), (mask[45], mask[46], mask[47])); // (9, 15, 20) is nearer to the car's (10, 20, 30)
    }

    [TestMethod]
    public void Coco_AnnotationsBeforeImagesAndAcrossBuffers_AreFound()
    {
        const int Count = 3000;
        using var folder = new TemporaryFolder();
        string annotations = string.Join(",\n", Enumerable.Range(0, Count).Select(i =>
            $$"""{"id": {{i}}, "image_id": "im{{i % 3}}", "category_id": 3, "iscrowd": 0, "segmentation": [[{{i % 7}}, 3, 12, 3, 12, 9, 4, 9]]}"""));
        string images = string.Join(",", Enumerable.Range(0, 3).Select(i => $$"""{"id": "im{{i}}", "file_name": "{{i}}.png", "width": 20, "height": 16}"""));
        for (int i = 0; i < 3; i++)
            TinyTree.WriteImage(folder.Prepare("in", "images", "val2017", $"{i}.png"));
        File.WriteAllText(folder.Prepare("in", "annotations", "instances_val2017.json"),
            $$"""{"annotations": [{{annotations}}], "images": [{{images}}], "categories": [{"id": 3, "name": "car"}]}""");

        var report = Tree.Import(folder);

        Assert.AreEqual((3, (long)Count), (report.Images[DatasetSplit.Validation], report.Objects));
    }

    private sealed class Told(List<SkippedFile> files) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value) => files.Add(value);
    }
}
