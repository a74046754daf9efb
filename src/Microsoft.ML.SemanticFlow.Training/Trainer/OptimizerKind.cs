// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What turns gradients into steps.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum, the decay added to the gradient. What the papers use.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba, arXiv 1412.6980), the decay added to the gradient.</summary>
    Adam,

    /// <summary>Adam with the decay taken off the weights (Loshchilov and Hutter, arXiv 1711.05101).</summary>
    AdamW,
}
