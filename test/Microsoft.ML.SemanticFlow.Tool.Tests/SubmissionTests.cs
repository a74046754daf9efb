// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class SubmissionTests : IDisposable
{
    private const int Height = 32, Width = 40;

    // Of these, no server has the last.
    private static readonly LabelMap _labels = LabelMap.Parse("Own", "name,raw_id,train_id,r,g,b\nroad,201,0,1,1,1\nbus,202,1,2,2,2\nunicorn,203,2,3,3,3\n");

    private static readonly LabelMap _everyId = LabelMap.FromClassNames("Every id", [.. Enumerable.Range(0, 255).Select(id => $"{id}")]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("cityscapes", "ulm_000000_000019_leftImg8bit", "ulm_000000_000019_leftImg8bit", (byte)7, (byte)28, (byte)0)]
    [DataRow("kitti", "000003_10", "000003_10", (byte)7, (byte)28, (byte)0)]
    [DataRow("bdd100k", "a-b", "a-b", (byte)0, (byte)15, (byte)255)]
    [DataRow("idd", "000003_leftImg8bit", "000003_gtFine_labellevel3Ids", (byte)0, (byte)11, (byte)26)]
    public void Predict_ForAServer_WritesItsNamesAndIdsAndPassesItsCheck(string server, string image, string mask, byte road, byte bus, byte lacking)
    {
        string model = BrightestChannelModel.Save(_folder["model.onnx"], _labels);
        var truth = BrightestChannelModel.SaveImage(_folder.Prepare("images", "one", image + ".png"), Height, Width, seed: 1);

        var predicted = CommandLine.Run("predict", "--model", model, "--images", _folder["images"], "--output", _folder["masks"], "--server", server, "--zip",
            _folder["masks.zip"]);
        var check = Check(server);

        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
        Assert.Contains("The server has no unicorn", predicted.Error);
        string file = _folder["masks", "one", mask + ".png"];
        byte[] header = PngFiles.Split(File.ReadAllBytes(file))[0].Body;
        Assert.AreEqual((8, 0), (header[8], header[9]), "bits and colour type, gray");
        CollectionAssert.AreEqual(truth.Ids.ToArray().Select(id => id switch { 0 => road, 1 => bus, _ => lacking }).ToArray(), SegmentationMask.Load(file, _everyId).Ids.ToArray());
        Assert.AreEqual(ExitCode.Done, check.Code, check.Output + check.Error);
        using var zip = ZipFile.OpenRead(_folder["masks.zip"]);
        CollectionAssert.AreEqual(new[] { $"one/{mask}.png" }, zip.Entries.Select(entry => entry.FullName).ToArray());
        using var packed = zip.Entries[0].Open();
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        CollectionAssert.AreEqual(File.ReadAllBytes(file), bytes.ToArray());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Check_EveryFault_IsSaidWithItsFile(bool isPacked)
    {
        foreach (string city in (string[])["a", "b", "c", "d", "e", "f"])
        {
            BrightestChannelModel.SaveImage(_folder.Prepare("images", city, $"{city}_000000_000019_leftImg8bit.png"), Height, Width, seed: 1);
            Draw(city, 7);
        }

        File.Delete(_folder["masks", "a_000000_000019.png"]);
        File.Copy(_folder["masks", "b_000000_000019.png"], _folder["masks", "b_000000_000019_again.png"]);
        Draw("c", 7, Height - 1);
        Draw("d", 34);
        File.WriteAllBytes(_folder["masks", "e_000000_000019.png"], [1, 2, 3]);
        File.Copy(_folder["masks", "f_000000_000019.png"], _folder["masks", "g_000000_000019.png"]);

        if (isPacked)
            ZipFile.CreateFromDirectory(_folder["masks"], _folder["masks.zip"]);
        var result = Check("cityscapes", isPacked ? "masks.zip" : "masks");

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        foreach (string line in (string[])[
            "missing: 1", "twice: 1", "size: 1", "ids: 1", "unreadable: 1", "strange: 1", "'c_000000_000019.png' is 31 x 40, its image 32 x 40",
            "'d_000000_000019.png' holds id 34 at row 0, column 0", "'g_000000_000019.png' belongs to none", "6 faults in masks for 6 images."])
        {
            Assert.Contains(line, result.Output);
        }
    }

    [TestMethod]
    public void Check_ZipFileThatIsNone_SaysSo()
    {
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "a_000000_000019_leftImg8bit.png"), Height, Width, seed: 1);
        File.WriteAllBytes(_folder["masks.zip"], [1, 2, 3]);

        var result = Check("cityscapes", "masks.zip");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        Assert.Contains("masks.zip' is no zip file", result.Sentence);
    }

    [TestMethod]
    public void Check_EntryThatIsDamaged_IsUnreadable()
    {
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "a", "a_000000_000019_leftImg8bit.png"), Height, Width, seed: 1);
        Draw("a", 7);
        ZipFile.CreateFromDirectory(_folder["masks"], _folder["masks.zip"]);
        byte[] bytes = File.ReadAllBytes(_folder["masks.zip"]);
        int name = bytes.AsSpan().IndexOf("a_000000_000019.png"u8);
        bytes.AsSpan(name + 19, 20).Fill(0xFF); // where the packed bytes begin
        File.WriteAllBytes(_folder["masks.zip"], bytes);

        var result = Check("cityscapes", "masks.zip");

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        Assert.Contains("unreadable: 1", result.Output);
    }

    [TestMethod]
    public void Check_TestSplitOfADataSet_NamesTheImages()
    {
        BrightestChannelModel.SaveImage(_folder.Prepare("testing", "image_2", "000000_10.png"), Height, Width, seed: 1);
        Directory.CreateDirectory(_folder["masks"]);

        var result = CommandLine.Run("predict", "--check", _folder["masks"], "--server", "kitti", "--data", _folder.Root);

        Assert.AreEqual(ExitCode.FailedCheck, result.Code, result.Error);
        Assert.Contains("missing: 1", result.Output);
    }

    [TestMethod]
    public void Predict_ServerWithNoneOfTheClasses_IsRefused()
    {
        string model = BrightestChannelModel.Save(_folder["model.onnx"]);
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "a.png"), Height, Width, seed: 1);

        var result = CommandLine.Run("predict", "--model", model, "--images", _folder["images"], "--output", _folder["masks"], "--server", "idd");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.Contains("none of the model's classes, blue, green, red", result.Sentence);
        Assert.IsFalse(Directory.Exists(_folder["masks"]));
    }

    [TestMethod]
    public void Predict_OptionsThatCannotBe_AreUsage()
    {
        Directory.CreateDirectory(_folder["masks"]);

        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("predict", "--images", "x", "--output", "y").Code);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("predict", "--check", _folder["masks"]).Code);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("predict", "--check", _folder["masks"], "--server", "kitti").Code);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("predict", "--model", "m", "--images", "x", "--output", "y", "--data", "z").Code);
    }

    [TestMethod]
    public void Predict_ZipAlone_PacksTheMasks()
    {
        string model = BrightestChannelModel.Save(_folder["model.onnx"]);
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "b.png"), Height, Width, seed: 1);
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "a.png"), Height, Width, seed: 2);

        var result = CommandLine.Run("predict", "--model", model, "--images", _folder["images"], "--output", _folder["masks"], "--overlay", "--zip", _folder["masks.zip"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var zip = ZipFile.OpenRead(_folder["masks.zip"]);
        CollectionAssert.AreEqual(new[] { "a.png", "b.png" }, zip.Entries.Select(entry => entry.FullName).ToArray());
    }

    private void Draw(string city, byte id, int height = Height) => File.WriteAllBytes(
        _folder.Prepare("masks", $"{city}_000000_000019.png"), PngFiles.Indexed([.. Enumerable.Repeat((int)id, height * Width)], height, Width, depth: 8));

    private CommandResult Check(string server, string masks = "masks") =>
        CommandLine.Run("predict", "--check", _folder[masks], "--server", server, "--images", _folder["images"]);
}
