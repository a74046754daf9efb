// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

/// <summary>Makes oneDNN believe what it believes on an AMD processor that does not tell its caches.</summary>
internal static unsafe class EmptyCaches
{
    /// <summary>Set for a process of its own: <see cref="Believed"/>, or <see cref="Corrected"/>.</summary>
    public const string Variable = "SEMANTICFLOW_TEST_CACHES";

    public const string Believed = "empty", Corrected = "corrected";

    public static string LibraryFile => Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Single(m => m.ModuleName == "libtorch_cpu.so").FileName;

    /// <summary>Does what <see cref="Variable"/> asks for. Only before the first convolution: oneDNN keeps the kernels that it has laid out.</summary>
    public static void ApplyIfAsked()
    {
        string? asked = Environment.GetEnvironmentVariable(Variable);
        if (asked is null) return;

        nint torch = TorchNative.EnsureLoaded().Cpu;
        string file = LibraryFile;
        var processor = OneDnn.FindProcessor(file, torch);
        if (processor is null) throw new InvalidOperationException("This libtorch's oneDNN is not the one whose cache sizes are known.");

        processor->Sizes[..].Clear();
        processor->SharingCores[..].Clear();
        processor->Sizes[..3].Fill(1);
        processor->SharingCores[..3].Fill(1);
        processor->CacheLevels = 3;
        if (asked == Corrected && !OneDnn.TryCorrectCaches(file, torch)) throw new InvalidOperationException("The cache sizes were not corrected.");
    }
}
