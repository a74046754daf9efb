// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a <see cref="TrainingProgress"/> reports.</summary>
public enum TrainingPhase
{
    /// <summary>One optimiser step is done.</summary>
    Step,

    /// <summary>An epoch is done, and its validation where one was due.</summary>
    Epoch,

    /// <summary>Some images of the validation set are scored.</summary>
    Validation,

    /// <summary>The loss left the range of numbers: training ends with the best weights so far.</summary>
    Diverged,
}
