// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Fuzz;

/// <summary>What a reader may do with any bytes: refuse them with <see cref="InvalidDataException"/>, and take time and memory in proportion.</summary>
internal static class Bounds
{
    // The memory of an image that is whole stays small.
    private const int MaxPixels = 1 << 20;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    /// <summary>Reads the bytes and throws when a bound is broken.</summary>
    public static void Check(Action<byte[]> read, byte[] bytes)
    {
        ImageLimits.MaxPixels = MaxPixels;
        var cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        try
        {
            read(bytes);
        }
        catch (InvalidDataException)
        {
        }

        var taken = Environment.CpuUsage.TotalTime - cpu;
        if (taken > _longest)
            throw new InvalidOperationException($"{bytes.Length} bytes took {taken.TotalSeconds} s.");
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        if (allocated > (32L << 20) + (8L * bytes.Length))
            throw new InvalidOperationException($"{bytes.Length} bytes took {allocated} bytes of memory.");
    }
}
