// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The trainers; package Microsoft.ML.SemanticFlow.Training adds them.</summary>
/// <example>
/// <code>
/// var trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
/// {
///     Network = SegmentationNetworks.SFNetDF1, Epochs = 60, CropHeight = 320, CropWidth = 320, BatchSize = 8,
/// });
/// var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(trainer).Fit(train);
/// </code>
/// </example>
public sealed class SemanticSegmentationTrainersCatalog
{
    internal SemanticSegmentationTrainersCatalog(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }
}
