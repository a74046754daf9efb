// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class SemanticSegmentationDataCatalogTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void CamVid_FiveFileTree_PairsByNameInOrdinalOrder()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["b.png", "a.png"])
        {
            folder.Touch("train", name);
            folder.Touch("trainannot", name);
        }

        folder.Touch("val", "c.png");
        folder.Touch("valannot", "c.png");

        var train = Read(_ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.Train));
        var both = Read(_ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.TrainAndValidation));

        CollectionAssert.AreEqual(new[] { (folder["train", "a.png"], folder["trainannot", "a.png"]), (folder["train", "b.png"], folder["trainannot", "b.png"]) }, train);
        CollectionAssert.AreEqual(new[] { folder["train", "a.png"], folder["train", "b.png"], folder["val", "c.png"] }, both.Select(row => row.Image).ToArray());
    }

    [TestMethod]
    public void CamVid_WrongRoot_SaysWhichFoldersItExpects()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.SemanticSegmentation.Data.CamVid(folder.Root, DatasetSplit.Test));

        Assert.AreEqual($"'{folder.Root}' is not a CamVid folder: it has no 'test'. Expected are train, trainannot, val, valannot, test and testannot.", error.Message);
    }

    [TestMethod]
    public void Folder_Subfolders_MatchesByRelativeStem()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("images", "night", "1.jpg");
        folder.Touch("images", "0.PNG");
        folder.Touch("images", "notes.txt");
        folder.Touch("labels", "night", "1.png");
        folder.Touch("labels", "0.png");

        var rows = Read(_ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]));

        CollectionAssert.AreEqual(
            new[] { (folder["images", "0.PNG"], folder["labels", "0.png"]), (folder["images", "night", "1.jpg"], folder["labels", "night", "1.png"]) }, rows);
    }

    [TestMethod]
    public void Folder_WithoutLabels_HasNoLabelColumn()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("1.png");

        var data = _ml.SemanticSegmentation.Data.Folder(folder.Root);

        CollectionAssert.AreEqual(new[] { "ImagePath" }, data.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual(1L, data.GetRowCount());
    }

    [TestMethod]
    public void Folder_NoImage_SaysWhereAndWhichEndings()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("readme.txt");

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.Data.Folder(folder.Root));

        Assert.AreEqual(
            $"No image found in '{folder.Root}' and its subfolders: looked for files ending in .png, .jpg, .jpeg, .jpe, .jfif, .bmp, .dib, .webp, .gif. " +
            "Passed over: 'readme.txt' (not the ending of an image).", error.Message);
    }

    [TestMethod]
    public void Folder_NoSuchFolder_NamesIt()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<DirectoryNotFoundException>(() => _ml.SemanticSegmentation.Data.Folder(folder["images"]));

        Assert.AreEqual($"The image folder '{folder["images"]}' does not exist.", error.Message);
    }

    [TestMethod]
    public void Folder_LabelMissing_NamesImageAndExpectedLabel()
    {
        using var folder = new TemporaryFolder();
        folder.Touch("images", "1.jpg");
        folder.Touch("images", "2.jpg");
        folder.Touch("labels", "1.png");

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]));

        Assert.AreEqual(
            $"Image '{folder["images", "2.jpg"]}' has no label file: expected '{folder["labels", "2.png"]}' (1 of 2 images lack theirs). Add the label or remove the image.",
            error.Message);
    }

    [TestMethod]
    public void GetRowCursorSet_ThreeCursors_ShareTheRowsAndRestoreTheOrder()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 8; i++)
            folder.Touch($"{i}.png");
        var data = _ml.SemanticSegmentation.Data.Folder(folder.Root);
        var column = data.Schema["ImagePath"];

        var cursors = data.GetRowCursorSet([column], 3);
        var rows = new List<(long Batch, string Path)>();
        foreach (var cursor in cursors)
        {
            var getter = cursor.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> path = default;
            while (cursor.MoveNext())
            {
                getter(ref path);
                rows.Add((cursor.Batch, Path.GetFileNameWithoutExtension(path.ToString())));
            }
        }

        Assert.HasCount(3, cursors);
        Assert.AreEqual("01234567", string.Concat(rows.OrderBy(row => row.Batch).Select(row => row.Path)));
    }

    [TestMethod]
    public void ShuffleRows_Seeded_IsAPermutation()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 8; i++)
            folder.Touch($"{i}.png");
        var data = _ml.SemanticSegmentation.Data.Folder(folder.Root);

        string order = string.Concat(_ml.Data.ShuffleRows(data, seed: 3).GetColumn<string>("ImagePath").Select(Path.GetFileNameWithoutExtension));

        Assert.AreNotEqual("01234567", order);
        Assert.AreEqual("01234567", string.Concat(order.Order()));
    }

    private static (string Image, string Label)[] Read(IDataView data) =>
        [.. data.GetColumn<string>("ImagePath").Zip(data.GetColumn<string>("LabelPath"))];
}
