// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far an exported file's scores lie from the network's own, on an image drawn for it.</summary>
/// <remarks>Where several sizes were tried, the figures are those of the worst.</remarks>
/// <param name="LargestLogitDifference">The largest absolute difference between two logits.</param>
/// <param name="LogitRange">The largest logit of the network less the smallest.</param>
/// <param name="ArgMaxAgreement">The share of pixels with the same largest class, in [0, 1].</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
public sealed record ExportVerification(double LargestLogitDifference, double LogitRange, double ArgMaxAgreement, int Height, int Width);
