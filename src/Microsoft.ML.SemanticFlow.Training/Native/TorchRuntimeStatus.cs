// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What <see cref="TorchRuntime.Describe"/> found.</summary>
/// <example>
/// <code>
/// TorchRuntimeStatus status = TorchRuntime.Describe();
/// Console.WriteLine(status);
/// </code>
/// </example>
public sealed class TorchRuntimeStatus
{
    internal TorchRuntimeStatus() { }

    /// <summary>Whether training can run.</summary>
    public bool IsAvailable => Problem is null;

    /// <summary>Why training cannot run and what to do, or null.</summary>
    public string? Problem { get; internal init; }

    /// <summary>File names of the native libraries loaded, in order.</summary>
    public IReadOnlyList<string> Libraries { get; internal init; } = [];

    /// <summary>Whether TorchSharp's binding runs from a copy in memory whose libstdc++ requirement was weakened, because this system's is older.</summary>
    public bool IsPatched { get; internal init; }

    /// <summary>Settings of libtorch and its thread pool in force, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; internal init; } = [];

    /// <summary>How convolutions on the processor run. Always <see cref="OneDnnUse.Unchanged"/> where processors tell their caches.</summary>
    public OneDnnUse OneDnn { get; internal init; }

    /// <summary>libtorch's version, or null when it did not load.</summary>
    public string? Version { get; internal init; }

    /// <summary>TorchSharp's version.</summary>
    public string BindingVersion { get; internal init; } = "";

    /// <summary>Number of CUDA devices that can be used.</summary>
    public int CudaDeviceCount { get; internal init; }

    /// <summary>Number of threads that libtorch uses for one operation.</summary>
    public int ThreadCount { get; internal init; }

    /// <summary>Whether training multiplies bfloat16 in hardware (AVX512-BF16 or AMX).</summary>
    public bool HasBFloat16Hardware { get; internal init; }

    /// <summary>Lines for people.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Lines());

    private IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"TorchSharp {BindingVersion}, libtorch {Version ?? "not loaded"}");
        if (Problem is not null) yield return Problem;
        if (Libraries.Count > 0) yield return $"Loaded {string.Join(", ", Libraries)}";
        if (IsPatched) yield return "This system's libstdc++ is older than TorchSharp asks for: its binding runs from a patched copy in memory";
        if (Settings.Count > 0) yield return $"Settings: {string.Join(", ", Settings)}";
        if (OneDnn == OneDnnUse.DefaultCaches) yield return "The processor does not tell its caches: oneDNN was told its default sizes";
        if (OneDnn == OneDnnUse.Off)
            yield return "The processor does not tell its caches, without which oneDNN computes wrong results: training does without oneDNN, at half the speed";
        if (IsAvailable) yield return string.Create(CultureInfo.InvariantCulture, $"CUDA devices: {CudaDeviceCount}; threads an operation: {ThreadCount}");
        yield return HasBFloat16Hardware ? "Training multiplies bfloat16 in hardware" : "Training does not multiply bfloat16 in hardware";
    }
}
