// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>One of the data sets that another is made of.</summary>
/// <param name="Id">What the column Source says of its images.</param>
/// <param name="SamplingWeight">How often an image of it is drawn, against one of another source, where the set's authors trained on it.</param>
public sealed record SegmentationDatasetSource(string Id, double SamplingWeight);
