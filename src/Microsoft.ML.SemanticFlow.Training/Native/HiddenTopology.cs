// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Virtual machines that hide the processor's caches and cores.</summary>
/// <remarks>
/// oneDNN lays its vector kernels out by them. On an AMD EPYC that told neither, libtorch 2.10 gave wrong results where channels do not fill a
/// kernel's block, wrote past its buffers, and divided by zero in backward steps of sfnet-r50; without vector kernels all of it was right.
/// </remarks>
internal static class HiddenTopology
{
    /// <summary>oneDNN's setting of the instructions it may use.</summary>
    public const string Variable = "ONEDNN_MAX_CPU_ISA";

    /// <summary>Without vector kernels: convolutions by products of matrices, three to four times slower.</summary>
    public const string Remedy = "SSE41";

    /// <summary>Whether libtorch is to do without its vector kernels: they are hidden, and nobody chose the instructions.</summary>
    public static bool NeedsRemedy { get; } = Environment.GetEnvironmentVariable(Variable) is null && IsHidden();

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
