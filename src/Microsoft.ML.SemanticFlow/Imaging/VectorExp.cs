// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>The exponential function over vectors of float, for what softmax needs: arguments of at most 0.</summary>
/// <remarks>
/// After the Cephes library's <c>expf</c>: e^x = 2^n e^r with |r| up to ln(2) / 2, and a polynomial for e^r; within 2e-7 of the value.
/// .NET's own works in double, at several times the cost.
/// </remarks>
internal static class VectorExp
{
    // 2^-124 or so: below it nothing is left of a share of 1, and above it no intermediate value is a denormal.
    private const float Smallest = -86;

    // Adding it leaves an integer in the lowest bits of the sum: the nearest, as floats round.
    private const float Rounder = 12582912;     // 1.5 * 2^23

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> OfNonPositive(Vector<float> x)
    {
        x = Vector.Max(x, new Vector<float>(Smallest));
        var rounded = Vector.MultiplyAddEstimate(x, new Vector<float>(1.44269504f), new Vector<float>(Rounder));
        var n = rounded - new Vector<float>(Rounder);
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-0.693359375f), x);     // ln(2) in two parts: the first is exact
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(2.12194440e-4f), r);
        var p = Vector.MultiplyAddEstimate(new Vector<float>(1.9875691500e-4f), r, new Vector<float>(1.3981999507e-3f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(8.3334519073e-3f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(4.1665795894e-2f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1.6666665459e-1f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(5.0000001201e-1f));
        p = Vector.MultiplyAddEstimate(p, r * r, r + Vector<float>.One);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(p) + Vector.ShiftLeft(Vector.AsVectorInt32(rounded), 23));
    }
}
