// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The three handles that a Unix process expects to find open.</summary>
internal static class StandardHandles
{
    private const string Nowhere = "/dev/null";
    private const int Last = 2;

    private static readonly List<SafeFileHandle> _held = [];

    /// <summary>Opens those that the caller closed, as in <c>2>&amp;-</c>: the next files would get their numbers, and the messages of native libraries in their midst.</summary>
    public static void Open()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(Nowhere))
            return;
        while (true)
        {
            var handle = File.OpenHandle(Nowhere, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (handle.DangerousGetHandle() > Last) // the system gives the lowest number that is free
            {
                handle.Dispose();
                return;
            }

            _held.Add(handle);
        }
    }
}
