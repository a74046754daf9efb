// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>A module of one input that writes itself into a graph, beside its <c>forward</c>, so that both are read together.</summary>
internal interface IOnnxPart
{
    /// <summary>Writes what <c>forward</c> does in evaluation mode.</summary>
    OnnxValue Emit(GraphBuilder graph, OnnxValue x);
}
