// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>The C library's heap, in which native libraries allocate.</summary>
internal static partial class NativeHeap
{
    /// <summary>Gives pages that are free back to the system, where the C library is glibc; others do so by themselves.</summary>
    /// <remarks>Opening a session frees two copies of the weights, which glibc keeps: 62 of 193 MiB with a file of 34 MB.</remarks>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl, as on Alpine, has no such function.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nint kept);
}
