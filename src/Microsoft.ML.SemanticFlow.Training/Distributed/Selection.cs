// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>Order statistics over the values of all processes.</summary>
internal static class Selection
{
    private const int DigitBits = 16, Digits = 64 / DigitBits;

    /// <summary>The k-th smallest of the values that the processes hold together, exactly.</summary>
    /// <remarks>Numbers that are not negative are ordered as their bits are: four rounds count them by sixteen bits, from the highest on.</remarks>
    /// <param name="values">Those of this process, none negative and none NaN; as many as it has.</param>
    /// <param name="k">From 1 to the count of all.</param>
    /// <param name="processes">The processes.</param>
    public static double Smallest(Tensor values, long k, Collective processes)
    {
        using var scope = NewDisposeScope();
        var own = MemoryMarshal.Cast<byte, ulong>(values.to(ScalarType.Float64).cpu().contiguous().bytes);
        var counts = new long[1 << DigitBits];
        ulong found = 0;
        for (int digit = Digits - 1; digit >= 0; digit--)
        {
            int shift = digit * DigitBits;
            Array.Clear(counts);
            foreach (ulong bits in own)
            {
                if (digit == Digits - 1 || bits >> (shift + DigitBits) == found)
                    counts[(bits >> shift) & ((1 << DigitBits) - 1)]++;
            }

            processes.Sum(counts);
            int place = 0;
            for (; k > counts[place]; place++)
                k -= counts[place];
            found = (found << DigitBits) | (uint)place;
        }

        return BitConverter.UInt64BitsToDouble(found);
    }
}
