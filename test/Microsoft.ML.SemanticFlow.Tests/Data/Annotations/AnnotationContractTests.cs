// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>What holds of every format: what is read, and that bad input is one sentence.</summary>
[TestClass]
public sealed class AnnotationContractTests
{
    [TestMethod]
    public void TinyTrees_AreOneForEachFormat() =>
        CollectionAssert.AreEquivalent(AnnotationFormats.All.ToArray(), TinyTree.All.Select(tree => tree.Format).ToArray());

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_TreeRecognised_PaintsTheCarAndIsReadBack(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);

        var report = tree.Import(folder, new AnnotationImportOptions());

        Assert.AreEqual(id, report.Format.Id);
        byte[] mask = TinyTree.Mask(folder);
        Assert.AreEqual(tree.Pixels, mask.Count(pixel => pixel == tree.Id));
        Assert.AreEqual(tree.Id, mask[(3 * TinyTree.Width) + 4]);
        Assert.AreEqual(tree.Pixels, report.Pixels[tree.Id]);
        var rows = new MLContext(seed: 1).SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, folder["out"], DatasetSplit.Train);
        Assert.AreEqual(1L, rows.GetRowCount());
        string written = Directory.GetFiles(folder["out", "train", "labels"], "*.png", SearchOption.AllDirectories).Single();
        var read = SegmentationMask.Load(written, LabelMap.Load(folder["out", "classes.csv"]));
        Assert.AreEqual("car", read.Labels!.Classes[read[5, 6]].Name, ignoreCase: true);
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_ImageMissing_IsRefused(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);
        File.Delete(folder["in", tree.Image]);

        var fault = Refused(() => tree.Import(folder));

        StringAssert.Contains(fault.Message, "a", fault.Message);
        Assert.IsFalse(Directory.Exists(folder["out", "train", "labels"]));
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_ImageOfAnotherSize_IsRefused(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);
        TinyTree.WriteImage(folder["in", tree.Image], height: 17);
        if (id == "yolo")
            return; // its coordinates are shares of any image

        var fault = Refused(() => tree.Import(folder));

        StringAssert.Contains(fault.Message, "17");
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_AnnotationCutOff_IsRefused(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);
        byte[] whole = File.ReadAllBytes(folder["in", tree.File]);
        File.WriteAllBytes(folder["in", tree.File], whole[..(whole.Length - (id == "yolo" ? 7 : 20))]);

        Refused(() => tree.Import(folder));
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_AnnotationEmpty_IsRefused(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);
        File.WriteAllBytes(folder["in", tree.File], []);
        if (id == "yolo")
            return; // an image without objects

        Refused(() => tree.Import(folder));
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.TextIds), typeof(TinyTree))]
    public void Import_TextDeeplyNested_IsRefused(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder, id == "cvat-xml" ? string.Concat(Enumerable.Repeat("<image>", 100_000)) : new string('[', 100_000));

        Refused(() => tree.Import(folder));
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.TextIds), typeof(TinyTree))]
    public void Import_NumberOutOfAllBounds_IsRefused(string id)
    {
        var tree = TinyTree.Of(id);
        foreach (string number in (string[])["NaN", "Infinity", "-1e400", "1e300", "1e12", "x", "\"4\"", "null"])
        {
            using var folder = new TemporaryFolder();
            int at = tree.Text!.LastIndexOf(tree.Coordinate!, StringComparison.Ordinal);
            tree.Write(folder, tree.Text[..at] + number + tree.Text[(at + tree.Coordinate!.Length)..]);

            Refused(() => tree.Import(folder));
        }
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.TextIds), typeof(TinyTree))]
    public void Import_LabelUnknown_IsRefusedIgnoredOrSkipped(string id)
    {
        var tree = TinyTree.Of(id);
        if (id is "yolo")
            return; // its labels are numbers
        var labels = LabelMap.FromClassNames("other", id is "cityscapes" or "idd" ? "unlabeled" : "background", "road");

        using var folder = new TemporaryFolder();
        tree.Write(folder);
        var fault = Refused(() => tree.Import(folder, new AnnotationImportOptions { Labels = labels }));
        StringAssert.Contains(fault.Message, "car");

        Assert.AreEqual(tree.Pixels, Painted(UnknownLabels.Ignore).Count(pixel => pixel == LabelMap.IgnoreId));
        Assert.AreEqual(TinyTree.Height * TinyTree.Width, Painted(UnknownLabels.Skip).Count(pixel => pixel == 0));

        byte[] Painted(UnknownLabels unknown)
        {
            using var other = new TemporaryFolder();
            tree.Write(other);
            tree.Import(other, new AnnotationImportOptions { Labels = labels, UnknownLabels = unknown });
            return TinyTree.Mask(other);
        }
    }

    [TestMethod]
    [DynamicData(nameof(TinyTree.Ids), typeof(TinyTree))]
    public void Import_BackgroundIgnored_Writes255(string id)
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of(id);
        tree.Write(folder);

        var report = tree.Import(folder, new AnnotationImportOptions { Background = AnnotationBackground.Ignore });

        int expected = id == "mapillary" ? 0 : (TinyTree.Height * TinyTree.Width) - tree.Pixels; // every pixel has a label there
        Assert.AreEqual(expected, TinyTree.Mask(folder).Count(pixel => pixel == LabelMap.IgnoreId));
        Assert.IsFalse(report.Labels.Classes.Any(label => label.Name.Contains("background", StringComparison.OrdinalIgnoreCase)));
    }

    [TestMethod]
    [DataRow("labelme", "\"a.png\"")]
    [DataRow("coco", "\"a.png\"")]
    [DataRow("cvat-xml", "\"a.png\"")]
    public void Import_ImageOutsideOfTheFolder_IsRefused(string id, string name)
    {
        var tree = TinyTree.Of(id);
        foreach (string path in (string[])["../../a.png", "../a.png", "/etc/a.png", "..\\\\..\\\\a.png", "x/../../a.png"])
        {
            using var folder = new TemporaryFolder();
            TinyTree.WriteImage(folder["a.png"]);
            string written = id == "cvat-xml" ? path.Replace("\\\\", "\\", StringComparison.Ordinal) : path;
            tree.Write(folder, tree.Text!.Replace(name, $"\"{written}\"", StringComparison.Ordinal));

            var fault = Refused(() => tree.Import(folder));

            StringAssert.Contains(fault.Message, "out", path);
        }
    }

    [TestMethod]
    public void Import_YoloFolderOutside_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("yolo");
        tree.Write(folder);
        File.WriteAllText(folder["in", "data.yaml"], "train: ../../images\nnames: [car, road]\n");

        StringAssert.Contains(Refused(() => tree.Import(folder)).Message, "outside");
    }

    [TestMethod]
    public void Import_TwoImagesOfOneName_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var tree = TinyTree.Of("coco");
        tree.Write(folder, tree.Text!.Replace("\"categories\"", """ "x": 0, "categories" """, StringComparison.Ordinal)
            .Replace("\"images\": [", """ "images": [{"id": 8, "file_name": "A.jpg", "width": 20, "height": 16}, """, StringComparison.Ordinal));

        StringAssert.Contains(Refused(() => tree.Import(folder)).Message, "Two images");
    }

    [TestMethod]
    public void Import_TreeOfTwoFormats_AsksForTheFormat()
    {
        using var folder = new TemporaryFolder();
        TinyTree.Of("labelme").Write(folder);
        TinyTree.Of("coco").Write(folder);

        var fault = Refused(() => TinyTree.Of("coco").Import(folder, new AnnotationImportOptions()));

        StringAssert.Contains(fault.Message, "labelme");
        StringAssert.Contains(fault.Message, "coco");
    }

    // Any change of bytes is read or refused; nothing else may come of it.
    [TestMethod]
    [DynamicData(nameof(TinyTree.TextIds), typeof(TinyTree))]
    public void Import_BytesChanged_IsReadOrRefused(string id)
    {
        var tree = TinyTree.Of(id);
        byte[] whole = Encoding.UTF8.GetBytes(tree.Text!);
        byte[] marks = [.. "\"[]{}0-9,:eE.<>&\\"u8];
        var mark = Gen.Int[0, marks.Length - 1].Select(i => marks[i]);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.OneOf(Gen.Byte, mark)).Array[1, 3].Sample(
            changes =>
            {
                using var folder = new TemporaryFolder();
                tree.Write(folder);
                byte[] bytes = [.. whole];
                foreach (var (at, value) in changes)
                    bytes[at] = value;
                File.WriteAllBytes(folder["in", tree.File], bytes);
                try
                {
                    tree.Import(folder);
                }
                catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    Assert.AreEqual(-1, e.Message.IndexOf('\n', StringComparison.Ordinal), e.Message);
                }
            },
            iter: 25,
            threads: 1);
    }

    private static Exception Refused(Action import)
    {
        try
        {
            import();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Assert.IsFalse(e.Message.Contains('\n', StringComparison.Ordinal), e.Message);
            Assert.IsTrue(e.Message.EndsWith('.'), string.Create(CultureInfo.InvariantCulture, $"no sentence: {e.Message}"));
            return e;
        }

        throw new AssertFailedException("The import was not refused.");
    }
}
