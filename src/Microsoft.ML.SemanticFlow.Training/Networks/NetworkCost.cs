// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a network costs to keep and to run.</summary>
/// <param name="Parameters">Learnt numbers, those included that only the original's state dict needs or training uses.</param>
/// <param name="MultiplyAccumulates">Of the convolutions when one image is scored; twice as many floating-point operations.</param>
public sealed record NetworkCost(long Parameters, long MultiplyAccumulates);
