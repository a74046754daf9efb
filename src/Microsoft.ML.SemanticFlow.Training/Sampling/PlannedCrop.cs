// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>A crop that an epoch shall have.</summary>
/// <param name="Sample">Number of the sample in the order of the data set.</param>
/// <param name="Around">What the crop is drawn around; null for anywhere.</param>
internal readonly record struct PlannedCrop(int Sample, Centroid? Around);
