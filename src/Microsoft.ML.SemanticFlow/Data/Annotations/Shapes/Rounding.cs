// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>The two ways in which Pillow rounds a half.</summary>
internal static class Rounding
{
    /// <summary>To the nearest; a half goes away from zero.</summary>
    public static int HalfAway(double value) => (int)Math.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>To the nearest; a half goes toward zero.</summary>
    public static int HalfTowardZero(double value) => (int)(value >= 0 ? Math.Ceiling(value - 0.5) : -Math.Ceiling(-value - 0.5));
}
