// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>What a crop is made from.</summary>
/// <param name="Sample">The image and its mask.</param>
/// <param name="Around">What the crop is drawn around; null for anywhere.</param>
internal readonly record struct SampledCrop(LabelledImage Sample, Centroid? Around);
