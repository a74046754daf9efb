// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Where the masks come from that are compared with labels.</summary>
/// <param name="Read">The mask of an image's or a mask's file, and what else measures need; called by several threads at once.</param>
/// <param name="Model">What scores; null where masks are read.</param>
/// <param name="MaskIds">Ids in the files of masks; null where a model scores.</param>
internal sealed record PredictionSource(Func<string, (SegmentationMask Mask, SegmentationEvidence? Evidence)> Read, ScoringWork? Model, MaskIds? MaskIds)
{
    /// <summary>Masks that are there already.</summary>
    public static PredictionSource OfMasks(LabelMap labels, MaskIds ids) => new(path => (SegmentationMask.Load(path, labels, ids), null), Model: null, ids);
}
