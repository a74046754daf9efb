// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Whether this processor multiplies bfloat16 in hardware.</summary>
internal static class BFloat16Hardware
{
    /// <summary>True with AVX512-BF16 or AMX-BF16. Processors other than x64 are not asked: false.</summary>
    public static bool IsPresent { get; } = Detect();

    private static bool Detect()
    {
        if (!X86Base.IsSupported || !Avx512F.IsSupported) return false;    // the latter: the system saves the wide registers

        int leaves = X86Base.CpuId(0, 0).Eax;
        if (leaves < 7) return false;
        var features = X86Base.CpuId(7, 0);
        bool amx = (features.Edx & (1 << 22)) != 0;
        bool avx = features.Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
        return amx || avx;
    }
}
