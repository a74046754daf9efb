// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>How many pixels of an image are of one class and predicted as another.</summary>
/// <param name="Actual">Train id in the ground truth: a class.</param>
/// <param name="Predicted">Train id in the prediction; 255 when it is no class.</param>
/// <param name="Count">At least 1.</param>
internal readonly record struct ImageCell(byte Actual, byte Predicted, int Count) : IComparable<ImageCell>
{
    public int CompareTo(ImageCell other) => (Actual, Predicted, Count).CompareTo((other.Actual, other.Predicted, other.Count));
}
