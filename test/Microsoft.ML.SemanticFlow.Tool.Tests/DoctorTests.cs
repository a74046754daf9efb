// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class DoctorTests
{
    [TestMethod]
    public void Doctor_MachineOfTheTests_CanTrainAndScore()
    {
        var result = CommandLine.Run("doctor");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Output);
        StringAssert.Contains(result.Output, "ONNX Runtime");
        StringAssert.Contains(result.Output, "libtorch");
        StringAssert.EndsWith(result.Output.TrimEnd(), "Training and scoring work on this machine.");
    }

    [TestMethod]
    public void Doctor_Json_SaysWhatWorks()
    {
        var result = CommandLine.Run("doctor", "--json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.IsTrue(json.RootElement.GetProperty("works").GetBoolean());
        Assert.IsTrue(json.RootElement.GetProperty("findings").GetArrayLength() >= 5);
    }
}
