// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>What a run needs beside the network's weights to go on.</summary>
/// <param name="Optimizer">The optimiser's memory.</param>
/// <param name="Average">The moving average of the weights; null where none is kept.</param>
/// <param name="LossScale">The factor of the loss; null where none is used.</param>
internal sealed record TrainingState(OptimizerMemory Optimizer, WeightSnapshot? Average, LossScale? LossScale = null);
