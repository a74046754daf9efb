// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The native libraries that training runs on: what this machine has, and what to install.</summary>
/// <example>
/// <code>
/// Console.WriteLine(TorchRuntime.Describe());                     // which libtorch was found, where, and what was mended
/// </code>
/// </example>
public static class TorchRuntime
{
    /// <summary>Loads the native libraries, if they load, and says what was found and done. Never throws for a missing library.</summary>
    public static TorchRuntimeStatus Describe()
    {
        var binding = typeof(torch).Assembly.GetName().Version;
        try
        {
            var loaded = TorchNative.EnsureLoaded();
            int gpus = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
            return new TorchRuntimeStatus
            {
                Libraries = loaded.Libraries,
                IsPatched = loaded.Patched,
                Settings = loaded.Settings,
                OneDnn = loaded.OneDnn,
                Version = torch.__version__,
                BindingVersion = binding?.ToString(3) ?? "unknown",
                CudaDeviceCount = gpus,
                ThreadCount = torch.get_num_threads(),
                HasBFloat16Hardware = MixedPrecision.HasBFloat16Hardware,
            };
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException
            or NotSupportedException or FileNotFoundException)
        {
            return new TorchRuntimeStatus
            {
                Problem = (e is TypeInitializationException { InnerException: { } inner } ? inner : e).Message,
                BindingVersion = binding?.ToString(3) ?? "unknown",
                HasBFloat16Hardware = BFloat16Hardware.IsPresent,
            };
        }
    }
}
