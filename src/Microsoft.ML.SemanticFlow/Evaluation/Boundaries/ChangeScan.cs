// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>Finds where rows of ids differ, many pixels at once: masks are mostly alike for long.</summary>
internal static class ChangeScan
{
    /// <summary>The first index, from one on, at which the rows are not all equal; their length where there is none.</summary>
    /// <param name="row">A row.</param>
    /// <param name="one">Another, of the same length, as all of them.</param>
    /// <param name="two">Another.</param>
    /// <param name="three">Another.</param>
    /// <param name="four">Another.</param>
    /// <param name="from">Where to begin.</param>
    public static int Next(ReadOnlySpan<byte> row, ReadOnlySpan<byte> one, ReadOnlySpan<byte> two, ReadOnlySpan<byte> three, ReadOnlySpan<byte> four, int from)
    {
        int i = from;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var here = Load(row, i);
            var differing = (here ^ Load(one, i)) | (here ^ Load(two, i)) | (here ^ Load(three, i)) | (here ^ Load(four, i));
            if (differing != Vector<byte>.Zero)
                break;
        }

        for (; i < row.Length; i++)
        {
            byte here = row[i];
            if (one[i] != here || two[i] != here || three[i] != here || four[i] != here)
                return i;
        }

        return row.Length;
    }

    private static Vector<byte> Load(ReadOnlySpan<byte> row, int i) => Unsafe.ReadUnaligned<Vector<byte>>(ref Unsafe.Add(ref MemoryMarshal.GetReference(row), i));
}
