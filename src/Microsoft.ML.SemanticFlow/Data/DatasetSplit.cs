// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A part of a published data set.</summary>
public enum DatasetSplit
{
    /// <summary>What a model is fitted on.</summary>
    Train,

    /// <summary>What its choices are judged on.</summary>
    Validation,

    /// <summary>What is reported.</summary>
    Test,

    /// <summary><see cref="Train"/>, then <see cref="Validation"/>.</summary>
    TrainAndValidation,

    /// <summary>More to fit on, with coarser labels.</summary>
    TrainExtra,
}
