// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

[TestClass]
public sealed class TrainingDeviceTests
{
    // No machine has so many.
    private const int Missing = 999;

    [TestMethod]
    public void Of_NoGpuNamed_IsTheProcessor() => Assert.AreEqual(DeviceType.CPU, Of(new MLContext(), out _).type);

    [TestMethod]
    public void Of_MissingGpuWithFallback_IsTheProcessorAndWarns()
    {
        var device = Of(new MLContext { GpuDeviceId = Missing, FallbackToCpu = true }, out string log);

        Assert.AreEqual(DeviceType.CPU, device.type);
        StringAssert.Contains(log, $"MLContext.GpuDeviceId is {Missing}", StringComparison.Ordinal);
        StringAssert.Contains(log, "Training on the processor.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Of_MissingGpuWithoutFallback_SaysWhatToDo()
    {
        var e = Assert.ThrowsExactly<PlatformNotSupportedException>(() => Of(new MLContext { GpuDeviceId = Missing, FallbackToCpu = false }, out _));

        StringAssert.StartsWith(e.Message, $"MLContext.GpuDeviceId is {Missing}, but ", StringComparison.Ordinal);
        StringAssert.EndsWith(e.Message, "Or set MLContext.FallbackToCpu to train on the processor.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Of_FirstGpu_IsUsedWhereThereIsOne()
    {
        TorchNative.EnsureLoaded();
        bool any = cuda.is_available();

        var device = Of(new MLContext { GpuDeviceId = 0, FallbackToCpu = true }, out _);

        Assert.AreEqual(any ? DeviceType.CUDA : DeviceType.CPU, device.type);
    }

    private static Device Of(MLContext context, out string log)
    {
        TorchNative.EnsureLoaded();
        var lines = new List<string>();
        context.Log += (_, entry) => lines.Add(entry.RawMessage);
        var environment = (IHostEnvironment)context;
        using var channel = environment.Register("Test").Start("Test");
        var device = TrainingDevice.Of(environment, SingleProcess.Instance, channel);
        log = string.Join('\n', lines);
        return device;
    }
}
