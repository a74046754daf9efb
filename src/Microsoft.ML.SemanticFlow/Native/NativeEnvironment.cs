// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>The environment that native libraries read. On Unix .NET keeps a copy of its own, and what it sets there never reaches them.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>What a native library finds under a name; null for nothing.</summary>
    public static string? Get(string name)
    {
        try
        {
            return OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable(name) : Marshal.PtrToStringUTF8(GetUnix(name));
        }
        catch (Exception e) when (IsWithoutC(e))
        {
            return null;
        }
    }

    /// <summary>Sets a variable for the native libraries of this process, and for no other process on Unix.</summary>
    /// <returns>Whether it is set; false where there is no C library to tell.</returns>
    public static bool TrySet(string name, string value)
    {
        try
        {
            // On Windows the C library has a copy of its own too; this writes both.
            return (OperatingSystem.IsWindows() ? SetWindows(name, value) : SetUnix(name, value, overwrite: 1)) == 0;
        }
        catch (Exception e) when (IsWithoutC(e))
        {
            return false;
        }
    }

    private static bool IsWithoutC(Exception e) => e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException;

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetUnix(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetUnix(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_wputenv_s", StringMarshalling = StringMarshalling.Utf16)]
    private static partial int SetWindows(string name, string value);
}
