// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data.Datasets;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class ImageFolderTests : IDisposable
{
    private static readonly MLContext _ml = new(seed: 1);

    private readonly TemporaryFolder _folder = new();
    private readonly List<SkippedFile> _skipped = [];
    private readonly List<SkippedFile> _leftOut = [];

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    private ReadingOptions Skip => new() { SkipFaulty = true, Skipped = new Heard(_skipped), LeftOut = new Heard(_leftOut) };

    [TestMethod]
    public void Folder_EveryEndingThatIsRead_InAnyCase()
    {
        foreach (string ending in (string[])["png", "JPG", "jpeg", "JPE", "jfif", "BMP", "dib", "WebP", "gif"])
            _folder.Touch("images", $"{ending}.{ending}");

        Assert.HasCount(9, Images(Skip));
        Assert.IsEmpty(_leftOut);
    }

    [TestMethod]
    public void Folder_OtherFiles_ArePassedOverAndSaid()
    {
        foreach (string name in (string[])["a.png", "b.tif", "c.HEIC", "._a.png", ".e.png", "Thumbs.db", ".DS_Store", "notes.txt"])
            _folder.Touch("images", name);
        _folder.Touch("images", "__MACOSX", "d.png");
        _folder.Touch("images", ".cache", "e.png");
        _folder.Touch("images", "@eaDir", "f.png");

        CollectionAssert.AreEqual(new[] { "a.png" }, Images(Skip));
        var reasons = _leftOut.ToDictionary(file => Path.GetFileName(file.Path), file => file.Reason);
        CollectionAssert.AreEquivalent(new[] { "b.tif", "c.HEIC", "._a.png", ".e.png", "Thumbs.db", ".DS_Store", "notes.txt", "__MACOSX", ".cache", "@eaDir" }, reasons.Keys);
        Assert.AreEqual(".tif is not read: convert to PNG", reasons["b.tif"]);
        Assert.AreEqual(".heic is not read: convert to PNG", reasons["c.HEIC"]);
        Assert.AreEqual("a hidden folder", reasons[".cache"]);
        Assert.AreEqual("a hidden file", reasons[".e.png"]);
    }

    // As archives from other systems have them; the two names look the same.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("caf\u00e9.png", "cafe\u0301.png")]
    [DataRow("IMG_1.png", "img_1.png")]
    public void Folder_LabelOfAnAlikeName_IsNamed(string image, string label)
    {
        _folder.Touch("images", image);
        _folder.Touch("labels", label);

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => ImageFolder.List(_folder["images"], _folder["labels"], new ReadingOptions()));

        StringAssert.Contains(error.Message, $"(there is '{_folder["labels", label]}', whose name differs in capital letters, or in how accents are encoded)");
    }

    [TestMethod]
    [DataRow("images")]
    [DataRow("link")]
    public void Folder_ImagesThatAreTheirOwnLabels_AreRefused(string labels)
    {
        _folder.Touch("images", "a.png");
        Directory.CreateSymbolicLink(_folder["link"], _folder["images"]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageFolder.List(_folder["images"], _folder[labels], new ReadingOptions()));

        StringAssert.Contains(error.Message, "would be its own label");
    }

    [TestMethod]
    public void Folder_NothingElse_SaysWhatWasPassedOver()
    {
        _folder.Touch("images", "b.tif");

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => _ml.SemanticSegmentation.Data.Folder(_folder["images"]));

        Assert.EndsWith("Passed over: 'b.tif' (.tif is not read: convert to PNG).", error.Message);
    }

    [TestMethod]
    public void Folder_WithoutOptions_TellsTheLogWhatWasPassedOver()
    {
        _folder.Touch("images", "a.png");
        _folder.Touch("images", "b.tif");
        var ml = new MLContext();
        var lines = new List<string>();
        ml.Log += (_, entry) => lines.Add(entry.RawMessage);

        ml.SemanticSegmentation.Data.Folder(_folder["images"]);

        Assert.IsTrue(lines.Any(line => line.Contains("passed over 'b.tif'", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Folder_LabelsEndingInCapitals_AreFound()
    {
        _folder.Touch("images", "sub", "a.jpg");
        _folder.Touch("images", "b.png");
        _folder.Touch("labels", "sub", "a.PNG");
        _folder.Touch("labels", "b.Png");

        var view = _ml.SemanticSegmentation.Data.Folder(_folder["images"], _folder["labels"]);

        CollectionAssert.AreEqual(new[] { _folder["labels", "b.Png"], _folder["labels", "sub", "a.PNG"] }, view.GetColumn<string>("LabelPath").ToArray());
    }

    [TestMethod]
    public void Folder_TwoImagesOfOneStem_AreRefusedOrSkippedBoth()
    {
        foreach (string name in (string[])["a.jpg", "a.png", "b.png", "c.png"])
            _folder.Touch("images", name);
        foreach (string name in (string[])["a.png", "b.png", "c.png"])
            _folder.Touch("labels", name);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageFolder.List(_folder["images"], _folder["labels"], new ReadingOptions()));

        Assert.AreEqual($"'{_folder["images", "a.jpg"]}' and '{_folder["images", "a.png"]}' have one stem, so that both go with one label. Rename or remove one.", error.Message);
        CollectionAssert.AreEqual(new[] { "b.png", "c.png" }, Images(Skip, "labels"));
        Assert.HasCount(2, _skipped);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Folder_TwoLabelsOfOneStem_AreNamed()
    {
        _folder.Touch("images", "a.jpg");
        _folder.Touch("labels", "a.png");
        _folder.Touch("labels", "a.PNG");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageFolder.List(_folder["images"], _folder["labels"], new ReadingOptions()));

        Assert.Contains("has two label files", error.Message);
    }

    [TestMethod]
    public void Folder_LabelOfAnotherFormat_IsNamedWhereItIsMissed()
    {
        _folder.Touch("images", "a.jpg");
        _folder.Touch("labels", "a.tif");

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => ImageFolder.List(_folder["images"], _folder["labels"], new ReadingOptions()));

        Assert.Contains($"(there is '{_folder["labels", "a.tif"]}', but class ids are read from PNG alone)", error.Message);
    }

    [TestMethod]
    [DataRow(0.5, false)]
    [DataRow(0.2, true)]
    public void Folder_LabelsMissing_AreSkippedUpToTheShare(double share, bool fails)
    {
        foreach (string name in (string[])["a.png", "b.png", "c.png"])
            _folder.Touch("images", name);
        foreach (string name in (string[])["a.png", "c.png"])
            _folder.Touch("labels", name);
        var options = Skip with { MaxSkippedShare = share };

        if (fails)
            Assert.Contains("1 of 3 images", Assert.ThrowsExactly<InvalidDataException>(() => Images(options, "labels")).Message);
        else
            CollectionAssert.AreEqual(new[] { "a.png", "c.png" }, Images(options, "labels"));
        Assert.AreEqual(_folder["images", "b.png"], _skipped.Single().Path);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Folder_LinksInCircles_ListEachFolderOnce()
    {
        _folder.Touch("images", "a.png");
        _folder.Touch("images", "sub", "b.png");
        _folder.Touch("elsewhere", "c.png");
        _folder.Touch("beside.png");
        Link("images/loop", ".");
        Link("images/sub/up", "..");
        Link("images/first", "sub");            // before it by its name, and yet a file is found under its own folder's
        Link("images/out", "../elsewhere");
        Link("images/again", "../elsewhere");
        Link("images/around", "..");
        Link("elsewhere/back", "../images/sub");

        CollectionAssert.AreEqual(new[] { "a.png", "again/c.png", "sub/b.png" }, Images(Skip));
        CollectionAssert.AreEquivalent(new[] { "loop", "up", "first", "out", "around", "back" }, _leftOut.Select(file => Path.GetFileName(file.Path)).ToArray());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Folder_LabelsBehindALink_ServeTwoFoldersOfImages()
    {
        _folder.Touch("images", "left", "a.png");
        _folder.Touch("images", "right", "a.png");
        _folder.Touch("labels", "left", "a.png");
        Link("labels/right", "left");

        CollectionAssert.AreEqual(new[] { "left/a.png", "right/a.png" }, Images(Skip, "labels"));
    }

    [TestMethod]
    public void Folder_MarkedOutputAndNamedOne_AreNotReadBack()
    {
        _folder.Touch("images", "a.png");
        OutputMark.Prepare(_folder["images", "masks"]);
        _folder.Touch("images", "masks", "a.png");
        _folder.Touch("images", "next", "a.png");

        CollectionAssert.AreEqual(new[] { "a.png" }, Images(Skip with { OutputDirectories = [_folder["images", "next"]] }));
        CollectionAssert.AreEqual(new[] { "a.png" }, Images(Skip, images: "images/masks"));     // asked for by its own name
    }

    [TestMethod]
    public void Prepare_FolderWithOtherFiles_IsNotMarked()
    {
        _folder.Touch("photos", "a.jpg");

        OutputMark.Prepare(_folder["photos"]);

        Assert.IsFalse(OutputMark.IsOwn(_folder["photos"]));
        Assert.IsTrue(OutputMark.IsOwn(_folder["none"]));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Folder_CheckedFiles_FindEveryKindOfDamage()
    {
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "whole.png"), 40, 48, seed: 1).Save(_folder.Prepare("labels", "whole.png"));
        foreach (string name in (string[])["cut", "size", "small", "link", "pipe", "text", "label", "turned", "tail", "more1", "more2", "more3"])
        {
            File.Copy(_folder["images", "whole.png"], _folder["images", $"{name}.png"]);
            File.Copy(_folder["labels", "whole.png"], _folder["labels", $"{name}.png"]);
        }

        byte[] whole = File.ReadAllBytes(_folder["images", "whole.png"]);
        File.WriteAllBytes(_folder["images", "cut.png"], whole[..(whole.Length / 2)]);
        File.WriteAllBytes(_folder["images", "tail.png"], [.. whole, 1, 2, 3]);     // readable all the same
        BrightestChannelModel.SaveImage(_folder["images", "size.png"], 40, 49, seed: 1);
        BrightestChannelModel.SaveImage(_folder["images", "small.png"], 20, 20, seed: 1).Save(_folder["labels", "small.png"]);
        File.Delete(_folder["images", "link.png"]);
        Link("images/link.png", "nowhere");
        File.Delete(_folder["images", "pipe.png"]);
        NamedPipe.Make(_folder["images", "pipe.png"]);
        File.WriteAllText(_folder["images", "text.png"], "no image");
        byte[] label = File.ReadAllBytes(_folder["labels", "label.png"]);
        File.WriteAllBytes(_folder["labels", "label.png"], label[..(label.Length / 2)]);
        File.WriteAllBytes(_folder["images", "turned.png"], TurnedFiles.Turn(whole, SKEncodedImageFormat.Png, 6));

        var images = Images(Skip with { CheckFiles = true, SmallestSide = 32, MaxSkippedShare = 0.9 }, "labels");

        Assert.AreEqual("more1.png more2.png more3.png tail.png whole.png", string.Join(' ', images));
        CollectionAssert.AreEquivalent(
            new[] { "cut", "size", "small", "link", "pipe", "text", "label", "turned" }, _skipped.Select(file => Path.GetFileNameWithoutExtension(file.Path)).ToArray());
        var stopped = Assert.ThrowsExactly<InvalidDataException>(() => Images(new ReadingOptions { CheckFiles = true }, "labels"));
        Assert.Contains("cut.png", stopped.Message);
        Assert.Contains("7 of 13 images", stopped.Message); // small is large enough here
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Decode_PipeDeviceOrFolder_IsRefusedAtOnce()
    {
        NamedPipe.Make(_folder["pipe.png"]);
        Link("pipe-link.png", "pipe.png");
        Link("device.png", "/dev/zero");
        Link("folder.png", ".");

        foreach (string name in (string[])["pipe.png", "pipe-link.png", "device.png"])
            AssertRefused<InvalidDataException>(_folder[name]);
        AssertRefused<UnauthorizedAccessException>(_folder["folder.png"]);

        static void AssertRefused<T>(string path)
            where T : Exception
        {
            Assert.ThrowsExactly<T>(() => ImageCodec.Decode(path), path);
            Assert.ThrowsExactly<T>(() => ImageCodec.ReadSize(path), path);
            Assert.ThrowsExactly<T>(() => PngIndexReader.Read(path), path);
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Of_LinksInTheMiddle_AreFollowed()
    {
        _folder.Touch("real", "deep", "a.png");
        Link("one", "real");
        Link("two", "one/deep");
        Link("self", "self");
        string root = RealPath.Of(_folder.Root);

        Assert.AreEqual(Path.Combine(root, "real", "deep", "a.png"), RealPath.Of(_folder["two", "a.png"]));
        Assert.AreEqual(Path.Combine(root, "real", "none", "yet"), RealPath.Of(_folder["one", "none", "yet"]));
        Assert.Throws<IOException>(() => RealPath.Of(_folder["self"]));
    }

    [TestMethod]
    public void Summarize_SeveralOfAReason_CountsThem()
    {
        string text = SkippedFile.Summarize([new("x/a.tif", "not read"), new("x/.git", "a hidden folder"), new("x/b.tif", "not read")]);

        Assert.AreEqual("2 such as 'a.tif' (not read); '.git' (a hidden folder)", text);
    }

    private string[] Images(ReadingOptions options, string? labels = null, string images = "images") =>
        [.. _ml.SemanticSegmentation.Data.Folder(_folder[images], labels is null ? null : _folder[labels], reading: options).GetColumn<string>("ImagePath")
            .Select(path => Path.GetRelativePath(_folder[images], path).Replace('\\', '/'))];

    private void Link(string path, string target) => File.CreateSymbolicLink(_folder[path], target);

    private sealed class Heard(List<SkippedFile> files) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value)
        {
            lock (files)
                files.Add(value);
        }
    }
}
