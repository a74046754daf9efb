// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>What 256 evenly spaced steps have to hold of a tensor's values.</summary>
/// <param name="Low">The lowest; taken as 0 where it is above.</param>
/// <param name="High">The highest; taken as 0 where it is below.</param>
internal readonly record struct ActivationRange(double Low, double High)
{
    private const int Steps = byte.MaxValue;

    // Narrower than any feature map that says something, and far from where float32 loses precision.
    private const double SmallestScale = 1e-8;

    /// <summary>The distance of two steps.</summary>
    public float Scale => (float)Math.Max((Math.Max(High, 0) - Math.Min(Low, 0)) / Steps, SmallestScale);

    /// <summary>The step that stands for 0, exactly: padding is 0.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(Math.Round(-Math.Min(Low, 0) / Scale), 0, Steps);
}
