// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A checkpoint in a run folder, from which a run goes on.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Path">The file.</param>
/// <param name="Info">What it says about itself.</param>
internal sealed record StoredCheckpoint(RunFolder Folder, string Path, CheckpointInfo Info);
