// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What an exported ONNX file takes and gives.</summary>
public enum OnnxForm
{
    /// <summary>
    /// uint8 pixels as decoded, [N, H, W, 4] blue, green, red, alpha, to float32 logits at the head's resolution,
    /// [N, K, h, w]; the scorer enlarges them and takes the largest in one pass. For this library's scorer.
    /// </summary>
    Scoring,

    /// <summary>
    /// float32 planes, [N, 3, H, W], normalised by the caller or by the graph (<see cref="OnnxNormalization"/>), to float32 logits at the same size, [N, K, H, W].
    /// For other runtimes.
    /// </summary>
    Logits,
}
