// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class FreshProcessTests
{
    private const string Program = "Microsoft.ML.SemanticFlow.FreshProcess";

    // Beside this test's own output, in the folder of the other project.
    private static readonly string _folder = AppContext.BaseDirectory.Replace("Microsoft.ML.SemanticFlow.Tests", Program, StringComparison.Ordinal);

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Load_NewProcessThatTouchedNoTypeOfOurs_ScoresTheSame()
    {
        using var folder = new TemporaryFolder();
        var expected = SavePipeline(folder);

        var start = new ProcessStartInfo("dotnet", [Path.Combine(_folder, Program + ".dll"), folder["pipeline.zip"], folder["image.png"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // null only when an existing process is reused
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.AreEqual(0, process.ExitCode, errors.Result);
        Assert.AreEqual($"36 50 {Convert.ToHexString(SHA256.HashData(expected.Ids))}", output.Trim());
    }

    // ML.NET finds the transformer by its name in the file: nothing of ours has run before.
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Load_NewProcessThatTouchedNoTypeOfOurs_SendsNoTelemetry()
    {
        using var folder = new TemporaryFolder();
        var expected = SavePipeline(folder);

        var run = TracedProcess.Run([Path.Combine(_folder, Program + ".dll"), folder["pipeline.zip"], folder["image.png"]], home: folder.Root);

        Assert.AreEqual($"36 50 {Convert.ToHexString(SHA256.HashData(expected.Ids))}", run.Output.Trim(), run.Error);
        Assert.AreEqual("", string.Join('\n', run.InternetSockets));
        Assert.AreEqual("", string.Join('\n', run.TelemetryFiles));
    }

    [TestMethod]
    public void Dependencies_OfAScoringApplication_HoldNoTrainer()
    {
        string dependencies = File.ReadAllText(Path.Combine(_folder, Program + ".deps.json"));

        Assert.DoesNotContain("TorchSharp", dependencies);
        Assert.DoesNotContain("Microsoft.ML.SemanticFlow.Training", dependencies);
    }

    private static SegmentationMask SavePipeline(TemporaryFolder folder)
    {
        var expected = BrightestChannelModel.SaveImage(folder["image.png"], height: 36, width: 50, seed: 8);
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = folder["image.png"] }]);
        var pipeline = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.SemanticFlow(BrightestChannelModel.Save(folder["model.onnx"])));
        ml.Model.Save(pipeline.Fit(data), data.Schema, folder["pipeline.zip"]);
        File.Delete(folder["model.onnx"]);
        return expected;
    }
}
