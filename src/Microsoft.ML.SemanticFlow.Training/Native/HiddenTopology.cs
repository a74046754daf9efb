// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Virtual machines that hide the processor's caches and cores.</summary>
/// <remarks>
/// oneDNN lays its kernels out by them. On an AMD EPYC that told neither, libtorch 2.10 with it gave wrong results where channels do not fill a
/// kernel's block, wrote past its buffers, and divided by zero in backward steps of sfnet-r50; without it all of that was right, at half the speed.
/// </remarks>
internal static unsafe class HiddenTopology
{
    /// <summary>How the remedy is named among the settings in force.</summary>
    public const string Setting = "oneDNN=off";

    /// <summary>Whether libtorch is to do without oneDNN: both are hidden, and nobody chose instructions for it.</summary>
    public static bool NeedsRemedy { get; } = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") is null && IsHidden();

    /// <summary>Turns oneDNN off, and NNPACK, which would only warn that it cannot run here. TorchSharp does not wrap either.</summary>
    /// <param name="torch">libtorch_cpu.</param>
    public static void TurnOff(nint torch)
    {
        nint context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(torch, "_ZN2at13globalContextEv"))();
        foreach (string setter in (ReadOnlySpan<string>)["_ZN2at7Context20setUserEnabledMkldnnEb", "_ZN2at7Context20setUserEnabledNNPACKEb"])
            ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(torch, setter))(context, 0);
    }

    private static bool IsHidden()
    {
        const int Caches = 4, Cores = 0xB, AmdCaches = unchecked((int)0x8000001D), LastExtended = unchecked((int)0x80000000);
        if (!X86Base.IsSupported)
            return false;
        bool tellsCores = X86Base.CpuId(0, 0).Eax >= Cores && X86Base.CpuId(Cores, 0).Ebx != 0;
        bool tellsCaches = HasCache(Caches) || ((uint)X86Base.CpuId(LastExtended, 0).Eax >= unchecked((uint)AmdCaches) && HasCache(AmdCaches));
        return !tellsCores && !tellsCaches;

        static bool HasCache(int leaf) => (X86Base.CpuId(leaf, 0).Eax & 0x1F) != 0;     // the kind of the first; 0 for none
    }
}
