// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>ONNX Runtime's CUDA, and what is missing where it cannot be used.</summary>
internal static class GpuExecution
{
    private const string Provider = "CUDAExecutionProvider";

    /// <summary>Whether the application has ONNX Runtime's package with CUDA.</summary>
    public static bool IsPackaged => OrtEnv.Instance().GetAvailableProviders().Contains(Provider);

    /// <summary>Makes a session run on a GPU.</summary>
    /// <returns>Null when it will, else why it cannot and what to install.</returns>
    public static string? Fault(SessionOptions session, int device)
    {
        // Asked first: with the package for processors alone, adding the provider fails for want of an entry point.
        if (!IsPackaged)
            return $"GpuDeviceId is {device}, but this ONNX Runtime has no CUDA. Reference Microsoft.ML.OnnxRuntime.Gpu instead of Microsoft.ML.OnnxRuntime, or set FallbackToCpu.";
        try
        {
            session.AppendExecutionProvider_CUDA(device);
            return null;
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return $"ONNX Runtime cannot use GPU {device}: {e.Message.Split('\n')[0].TrimEnd('.', ' ')}. " +
                "Install NVIDIA's driver and the CUDA and cuDNN that the package asks for, or set FallbackToCpu.";
        }
    }
}
