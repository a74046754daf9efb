// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class OnnxRuntimeTelemetryTests
{
    private const string Switch = "ORT_DISABLE_TELEMETRY";

    [TestMethod]
    public void IsOff_AnyProcessOfOurs_IsSo() => Assert.IsTrue(OnnxRuntimeTelemetry.IsOff);

    // .NET's own copy of the environment never reaches native code on Unix.
    [TestMethod]
    public void TurnOff_SwitchSetByTheProgram_ReachesNativeCode()
    {
        string? before = Environment.GetEnvironmentVariable(Switch);
        try
        {
            Environment.SetEnvironmentVariable(Switch, "true");
            OnnxRuntimeTelemetry.TurnOff();

            Assert.AreEqual("true", NativeEnvironment.Get(Switch));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Switch, before);
            OnnxRuntimeTelemetry.TurnOff();
        }
    }

    [TestMethod]
    public void Get_VariableThatNobodySet_IsNull() => Assert.IsNull(NativeEnvironment.Get("SEMANTICFLOW_NO_SUCH_VARIABLE"));
}
