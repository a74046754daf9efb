// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How the learning rate falls over a run, as a factor of <see cref="SemanticFlowTrainerOptions.LearningRate"/>. t is the time in [0, 1].</summary>
public enum LearningRateSchedule
{
    /// <summary>(1 - t) to the power <see cref="SemanticFlowTrainerOptions.PolyPower"/>.</summary>
    Poly,

    /// <summary>
    /// As <see cref="Poly"/> up to <see cref="SemanticFlowTrainerOptions.RestartEpoch"/>; from there <see cref="SemanticFlowTrainerOptions.RestartFactor"/>
    /// times (1 - u) to the power <see cref="SemanticFlowTrainerOptions.RestartPower"/>, u in [0, 1] over what is left. The authors' <c>scl-poly</c>.
    /// </summary>
    PolyWithRestart,

    /// <summary>(1 + cos(pi t)) / 2.</summary>
    Cosine,

    /// <summary>1.</summary>
    Constant,
}
