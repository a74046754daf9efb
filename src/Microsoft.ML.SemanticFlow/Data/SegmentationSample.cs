// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>An image file and its label file; no label file in a folder that is only scored.</summary>
internal sealed record SegmentationSample(string ImagePath, string? LabelPath);
