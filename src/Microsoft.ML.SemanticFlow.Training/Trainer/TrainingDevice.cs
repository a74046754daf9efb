// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Transforms;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Where a network trains: on the processor, or on the GPU that the MLContext names.</summary>
internal static class TrainingDevice
{
    /// <summary>The device to train on: of several processes on a machine, each has the next one.</summary>
    /// <exception cref="PlatformNotSupportedException">The GPU cannot be used, and the MLContext does not allow the processor instead.</exception>
    public static Device Of(IHostEnvironment environment, Collective processes, IChannel channel)
    {
        var (gpu, fallback) = MlNetInternals.DeviceOf(environment);
        if (gpu is not { } first)
            return CPU;
        int count = cuda.is_available() ? cuda.device_count() : 0;
        int index = count == 1 ? first : first + processes.LocalRank; // a device for each process of a machine, where the launcher has not given it one
        if (index >= 0 && index < count)
            return new Device(DeviceType.CUDA, index);
        string fault = count == 0
            ? $"MLContext.GpuDeviceId is {first}, but libtorch finds no CUDA device: reference a package TorchSharp-cuda-* instead of TorchSharp-cpu, and install NVIDIA's driver."
            : $"MLContext.GpuDeviceId is {first}" +
                $"{(index == first ? "" : $", and process {processes.LocalRank} of this machine needs device {index}")}, but there are {count} CUDA devices, counted from 0.";
        if (!fallback)
            throw new PlatformNotSupportedException($"{fault} Or set MLContext.FallbackToCpu to train on the processor.");
        channel.Warn($"{fault} Training on the processor.");
        return CPU;
    }
}
