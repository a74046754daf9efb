// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Files and folders that the system refuses: what is said, where, and what to do.</summary>
[TestClass]
public sealed class SystemFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _evaluate;

    public SystemFaultTests()
    {
        BrightestChannelModel.SaveImage(_folder.Prepare("images", "0.png"), 32, 32, seed: 1);
        string model = BrightestChannelModel.Save(_folder.Prepare("model.onnx"));
        _evaluate = ["evaluate", "--model", model, "--images", _folder["images"]];
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("16k", false)] // all but the first writing fails
    [DataRow("64k", true)]
    public void Predict_DiskThatTakesNothing_IsNamedWithoutInnerFiles(string size, bool isReadOnly)
    {
        using var mount = Mount.Tmpfs(_folder["small"], size);
        if (isReadOnly)
            System.Diagnostics.Process.Start("mount", ["-o", "remount,ro", _folder["small"]]).WaitForExit();
        else
            Fill(_folder["small", "filling"]);

        var result = CommandLine.Run("predict", "--model", _evaluate[2], "--images", _folder["images"], "--output", _folder["small"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, isReadOnly ? $"The disk of '{_folder["small"]}' is read-only." : $"The disk of '{_folder["small"]}' is full.");
        Assert.DoesNotContain(".partial", result.Sentence);
    }

    [TestMethod]
    [DataRow("is a file, and a folder is needed.", "file")]
    [DataRow("is a file, and", "file", "below")]
    public void Predict_OutputThatIsAFile_IsNamed(string sentence, params string[] parts)
    {
        File.WriteAllText(_folder["file"], "text");

        var result = CommandLine.Run("predict", "--model", _evaluate[2], "--images", _folder["images"], "--output", _folder[parts]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.StartsWith(result.Sentence, $"'{_folder["file"]}' {sentence}");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Predict_OverlayOfALongerNameThanDisksTake_IsNamed()
    {
        string name = new string('a', 251) + ".png"; // 255, and its overlay's 263
        File.Copy(_folder["images", "0.png"], _folder[name]);

        var result = CommandLine.Run("predict", _folder[name], "--model", _evaluate[2]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.EndsWith(result.Sentence, "has a longer name than disks take. Choose a shorter one.");
    }

    // What lies there is no file that another could replace.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Merge_JsonIntoAPipe_IsWrittenToWhoReads()
    {
        new SegmentationMask(32, 32, new byte[32 * 32], LabelMap.FromClassNames("colours", "blue", "green", "red")).Save(_folder.Prepare("labels", "0.png"));
        string pipe = _folder["pipe"];
        NamedPipe.Make(pipe);
        var reading = Task.Run(() => File.ReadAllText(pipe));

        var result = CommandLine.Run([.. _evaluate, "--labels", _folder["labels"], "--json", pipe]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.IsTrue(reading.Wait(TimeSpan.FromSeconds(30)));
        StringAssert.Contains(reading.Result, "\"meanIoU\"");
    }

    [TestMethod]
    [DataRow("--output")]
    [DataRow("--labels")]
    public void Run_OptionWithoutText_IsNamed(string option)
    {
        string[] others = option == "--labels" ? [] : ["--labels", _folder["images"]];

        var result = CommandLine.Run([.. _evaluate, .. others, option, ""]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.StartsWith(result.Sentence, $"{option} is empty");
    }

    [TestMethod]
    public void Run_ArgumentWithoutText_IsNamed()
    {
        var result = CommandLine.Run("merge", "");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.StartsWith(result.Sentence, "DIR is empty");
    }

    [TestMethod]
    public void Evaluate_FaultyLabel_IsToldFromItsImage()
    {
        File.WriteAllBytes(_folder.Prepare("labels", "0.png"), []);
        string[] input = [.. _evaluate, "--labels", _folder["labels"]];

        var stopped = CommandLine.Run(input);
        var skipped = CommandLine.Run([.. input, "--on-error", "skip"]);

        string reason = $"its label '{_folder["labels", "0.png"]}' cannot be used.";
        StringAssert.StartsWith(stopped.Sentence, $"'{_folder["images", "0.png"]}' cannot be evaluated: {reason}");
        StringAssert.Contains(stopped.Sentence, "'--on-error skip' leaves such images out. 0 of 1 images are counted");
        StringAssert.Contains(skipped.Error, $"Skipped '{_folder["images", "0.png"]}': {reason}");
    }

    [TestMethod]
    public void Evaluate_LabelsThatAreTheImages_AreRefused()
    {
        var result = CommandLine.Run([.. _evaluate, "--labels", _folder["images"]]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "is the folder of the images and of the labels");
    }

    [TestMethod]
    [DataRow("plain-1.0/ü", "plain-1.0/ü")]
    [DataRow("my runs", "\"my runs\"")]
    [DataRow("a'b", "\"a'b\"")]
    public void CommandWord_Of_IsOneWordForAShell(string word, string expected) => Assert.AreEqual(expected, CommandWord.Of(word));

    private static void Fill(string path)
    {
        try
        {
            using var file = File.Create(path);
            for (int i = 0; i < 64; i++)
            {
                file.Write(new byte[1024]);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }
}
