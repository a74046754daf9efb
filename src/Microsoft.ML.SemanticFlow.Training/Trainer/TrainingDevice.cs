// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Where a network trains: on the processor, or on the GPU that the MLContext names.</summary>
internal static class TrainingDevice
{
    /// <summary>The device to train on.</summary>
    /// <exception cref="PlatformNotSupportedException">The GPU cannot be used, and the MLContext does not allow the processor instead.</exception>
    public static Device Of(IHostEnvironment environment, IChannel channel)
    {
        var (gpu, fallback) = MlNetInternals.DeviceOf(environment);
        if (gpu is not { } index)
            return CPU;
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (index >= 0 && index < count)
            return new Device(DeviceType.CUDA, index);
        string fault = count == 0
            ? $"MLContext.GpuDeviceId is {index}, but libtorch finds no CUDA device: reference a package TorchSharp-cuda-* instead of TorchSharp-cpu, and install NVIDIA's driver."
            : $"MLContext.GpuDeviceId is {index}, but there are {count} CUDA devices, counted from 0.";
        if (!fallback)
            throw new PlatformNotSupportedException($"{fault} Or set MLContext.FallbackToCpu to train on the processor.");
        channel.Warn($"{fault} Training on the processor.");
        return CPU;
    }
}
