// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How often the learning rate changes.</summary>
public enum ScheduleInterval
{
    /// <summary>With every step.</summary>
    Step,

    /// <summary>At the start of every epoch, as in the authors' code; only while warming up it changes with every step.</summary>
    Epoch,
}
