// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The poly schedule, step by step: a linear warm-up times (1 - step / steps) to a power.</summary>
/// <param name="Rate">The base learning rate.</param>
/// <param name="Power">The power of the decay.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="WarmUpSteps">Steps until the rate is no longer held back; 0 for none.</param>
internal readonly record struct PolySchedule(double Rate, double Power, long Steps, int WarmUpSteps)
{
    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double this[long step] => Rate * Factor(step) * Math.Min(1, (step + 1) / (double)Math.Max(1, WarmUpSteps));

    /// <summary>The decay alone: 1 at the start, 0 at the end.</summary>
    public double Factor(long step) => Math.Pow(Math.Max(0, 1 - (double)step / Steps), Power);

    /// <summary>Warm-up when the caller leaves it to us: 50 steps, or a tenth of a short run.</summary>
    public static int DefaultWarmUp(long steps) => (int)Math.Min(50, steps / 10);
}
