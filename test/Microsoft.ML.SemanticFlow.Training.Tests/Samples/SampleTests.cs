// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Samples;

/// <summary>The samples of one file, each run on a small data set or a model whose masks are known.</summary>
[TestClass]
public sealed class SampleTests
{
    private static readonly string[] _names = ["BatchScoring", "EvaluateAndReport", "FineTuneFromCheckpoint", "StockOnnxTransformer", "TrainOnYourFolders", "Video"];

    public static IEnumerable<object[]> Names => _names.Select(name => new object[] { name });

    [TestMethod]
    public void Folder_HoldsTheSamplesThatAreTested_EachUnderAScreenful()
    {
        string[] files = [.. Directory.GetFiles(SampleProgram.Folder, "*.cs").Order(StringComparer.Ordinal)];

        CollectionAssert.AreEqual(_names, files.Select(Path.GetFileNameWithoutExtension).ToArray());
        Assert.AreEqual("", string.Join(", ", files.Where(file => File.ReadAllLines(file).Length > 110)));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Sample_WithWhatItNames_CompilesWithoutAWarning(string name) => SampleProgram.Of(name);

    // The lines with #: are read by the SDK alone.
    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(Names))]
    public void Sample_AsTheSdkReadsIt_Builds(string name)
    {
        var start = new ProcessStartInfo("dotnet", ["build", "-c", "Release", Path.Combine(SampleProgram.Folder, $"{name}.cs")]) { RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!; // a new process is started, so there is one

        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, output);
    }

    [TestMethod]
    public void BatchScoring_StartedTwice_ScoresOnceAndWritesTheShares()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.Save(folder["model.onnx"]);
        var mask = BrightestChannelModel.SaveImage(folder.Prepare("images", "a, b.png"), 40, 50, seed: 1);
        BrightestChannelModel.SaveImage(folder.Prepare("images", "inner", "c.png"), 32, 32, seed: 2);
        File.WriteAllText(folder["images", "broken.png"], "no image");
        var sample = SampleProgram.Of("BatchScoring");
        string[] arguments = ["model.onnx", "images", "masks"];

        var first = sample.Run(folder.Root, arguments);
        var second = sample.Run(folder.Root, arguments);

        StringAssert.StartsWith(first.Output, "3 images: 2 scored, 0 were done before, 1 left out.", first.Error);
        StringAssert.StartsWith(second.Output, "3 images: 0 scored, 2 were done before, 1 left out.", second.Error);
        StringAssert.Contains(first.Error, "broken.png");
        string[] lines = File.ReadAllLines(folder["masks", "shares.csv"]);
        Assert.HasCount(3, lines);
        Assert.AreEqual("image,blue,green,red", lines[0]);
        byte[] ids = mask.Ids.ToArray();
        string shares = string.Join(',', Enumerable.Range(0, 3).Select(id => (ids.Count(one => one == id) / 2000.0).ToString("0.####", CultureInfo.InvariantCulture)));
        Assert.AreEqual($"\"a, b.png\",{shares}", lines[1]);
        Assert.IsTrue(File.Exists(folder["masks", "inner", "c.png"]));
    }

    [TestMethod]
    public void EvaluateAndReport_ModelThatIsRight_SaysSoAndWritesThePage()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.Save(folder["model.onnx"]);
        foreach (int seed in (int[])[1, 2])
            BrightestChannelModel.SaveImage(folder.Prepare("images", $"{seed}.png"), 32, 40, seed).Save(folder.Prepare("labels", $"{seed}.png"));

        var run = SampleProgram.Of("EvaluateAndReport").Run(folder.Root, ["model.onnx", "images", "labels", "report.html"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Output, "mIoU 1.000, with 95 % confidence from 1.000 to 1.000 over 2 images");
        StringAssert.Contains(File.ReadAllText(folder["report.html"]), "model.onnx on images");
    }

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow("BatchScoring")]
    [DataRow("EvaluateAndReport")]
    [DataRow("StockOnnxTransformer")]
    public void ScoringSample_NoModel_SaysHowToGetOne(string name)
    {
        using var folder = new TemporaryFolder();

        var run = SampleProgram.Of(name).Run(folder.Root, []);

        Assert.AreEqual((2, ""), (run.ExitCode, run.Output));
        StringAssert.StartsWith(run.Error, "There is no model 'runs/street/");
        Assert.HasCount(1, run.Error.Trim().Split('\n'));
    }

    [TestMethod]
    public void Video_WithoutFfmpeg_IsSkippedAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        var run = SampleProgram.Of("Video").Run(folder.Root, [], path: folder.Root);

        Assert.AreEqual("skipped: ffmpeg is not on the path. Debian's package is called ffmpeg.", run.Error.Trim());
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void Video_OfTenFrames_GivesTenFramesOfTheSameSizeAndRate()
    {
        using var folder = new TemporaryFolder();
        if (!Ffmpeg("-version"))
            Assert.Inconclusive("skipped: ffmpeg is not installed.");
        BrightestChannelModel.Save(folder["model.onnx"]);
        Assert.IsTrue(Ffmpeg("-f", "lavfi", "-i", "testsrc=size=65x49:rate=5:duration=2", "-pix_fmt", "yuv444p", folder["in.mkv"]));     // odd sides

        var run = SampleProgram.Of("Video").Run(folder.Root, ["model.onnx", "in.mkv", "out.mp4", "3"]);

        Assert.AreEqual("10 frames of 49 x 65, each pixel by a vote of 3 frames: out.mp4", run.Output.Trim(), run.Error);
        var video = FFMpegCore.FFProbe.Analyse(folder["out.mp4"]).PrimaryVideoStream!; // the file has one
        Assert.AreEqual((66, 50, 5.0), (video.Width, video.Height, video.AverageFrameRate));        // even sides
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void FineTuneFromCheckpoint_ImageNetThenItsOwnWeights_TrainsOnFromBoth()
    {
        using var data = new DrawnDataset();
        using var folder = new TemporaryFolder();
        var sample = SampleProgram.Of("FineTuneFromCheckpoint");

        var first = sample.Run(folder.Root, ["sfnet-lite-r18-mlnet", "backbone", "imagenet", data.Root, "1", "first"]);
        var second = sample.Run(folder.Root, ["sfnet-lite-r18-mlnet", "network", "first/best.safetensors", data.Root, "1", "second"]);

        StringAssert.Contains(first.Output, "mIoU after 1 epochs from imagenet", first.Error);
        StringAssert.Contains(second.Output, "mIoU after 1 epochs from first/best.safetensors", second.Error);
    }

    [TestMethod]
    [TestCategory("Nightly")]
    public void TrainOnYourFolders_ForAMoment_LeavesAModelAndItsPage()
    {
        using var data = new DrawnDataset();
        using var folder = new TemporaryFolder();
        var sample = SampleProgram.Of("TrainOnYourFolders");

        var run = sample.Run(folder.Root, [data.Root, "0.02", "run"]);
        var again = sample.Run(folder.Root, [data.Root, "0.02", "run"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Output, "- sfnet-lite-r18-mlnet from ImageNet weights");
        Assert.IsTrue(File.Exists(folder["run", "model.onnx"]) && File.Exists(folder["run", "run.html"]));
        Assert.AreEqual((2, "run is there already. Name another folder for the run, or take that one away."), (again.ExitCode, again.Error.Trim()));
    }

    private static bool Ffmpeg(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-loglevel", "error", .. arguments]) { RedirectStandardOutput = true })!; // a new process
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
