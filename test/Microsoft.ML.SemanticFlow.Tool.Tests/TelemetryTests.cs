// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What ONNX Runtime says to others when the tool runs.</summary>
[TestClass]
public sealed class TelemetryTests
{
    private static readonly string _model = Path.Combine(AppContext.BaseDirectory, "Data", "tiny-scoring.onnx");

    [TestMethod]
    public void Doctor_Plainly_SendsNothingAndSaysSo()
    {
        using var home = new TemporaryFolder();

        var run = Trace(home.Root, ["doctor"]);

        AssertSilent(run, home);
        StringAssert.Contains(run.Output, "telemetry: off");
    }

    [TestMethod]
    public void Predict_Plainly_SendsNothing()
    {
        using var home = new TemporaryFolder();
        BrightestChannelModel.SaveImage(home["street.png"], height: 32, width: 40, seed: 3);

        var run = Trace(home.Root, ["predict", "--model", _model, "--images", home["street.png"], "--output", home["masks"]]);

        AssertSilent(run, home);
        Assert.IsTrue(File.Exists(Path.Combine(home["masks"], "street.png")));
    }

    // The tests above would pass on nothing.
    [TestMethod]
    [DataRow("SEMANTICFLOW_ORT_TELEMETRY", "1")]
    [DataRow("ORT_DISABLE_TELEMETRY", "0")]
    public void Doctor_UserAsksForTelemetry_LeavesItOnAndSaysSo(string variable, string value)
    {
        using var home = new TemporaryFolder();

        var run = Trace(home.Root, ["doctor"], (variable, value));

        StringAssert.Contains(run.Output, "telemetry: ON");
        Assert.AreNotEqual(0, run.TelemetryFiles.Count());
    }

    [TestMethod]
    public void Doctor_UserTurnsItOffAndOn_StaysOff()
    {
        using var home = new TemporaryFolder();

        var run = Trace(home.Root, ["doctor"], ("ORT_DISABLE_TELEMETRY", "true"), ("SEMANTICFLOW_ORT_TELEMETRY", "1"));

        AssertSilent(run, home);
        StringAssert.Contains(run.Output, "telemetry: off");
    }

    // ONNX Runtime warned in colour that it cannot keep its id.
    [TestMethod]
    public void Doctor_HomeThatCannotBeWritten_SaysNothingOfIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        var run = Trace(folder["file"], ["doctor"]);

        Assert.AreEqual(ExitCode.Done, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
    }

    private static TracedProcess Trace(string home, string[] arguments, params (string Name, string Value)[] environment) =>
        TracedProcess.Run([Path.Combine(AppContext.BaseDirectory, "semanticflow.dll"), .. arguments], home, environment);

    private static void AssertSilent(TracedProcess run, TemporaryFolder home)
    {
        Assert.AreEqual(ExitCode.Done, run.ExitCode, run.Error);
        Assert.AreEqual("", string.Join('\n', run.InternetSockets));
        Assert.AreEqual("", string.Join('\n', run.TelemetryFiles));
        Assert.IsFalse(Directory.Exists(Path.Combine(home.Root, ".cache", "Microsoft")));
    }
}
