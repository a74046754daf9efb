// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>An accuracy as its authors state it.</summary>
/// <param name="MeanIoU">Mean intersection over union, in percent.</param>
/// <param name="Dataset">The data set and its split, such as <c>Cityscapes val</c>.</param>
public sealed record PublishedAccuracy(double MeanIoU, string Dataset);
