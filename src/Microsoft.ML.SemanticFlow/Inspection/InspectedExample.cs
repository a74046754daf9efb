// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>An image that shows a class.</summary>
/// <param name="ClassId">The class.</param>
/// <param name="Split">The split it is in.</param>
/// <param name="ImagePath">The image.</param>
/// <param name="LabelPath">Its label.</param>
internal sealed record InspectedExample(int ClassId, DatasetSplit Split, string ImagePath, string LabelPath);
