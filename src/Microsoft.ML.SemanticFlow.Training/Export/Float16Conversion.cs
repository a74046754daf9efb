// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Google.Protobuf;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Onnx.Schema;

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>From a model in float32 to one in float16 that was compared with it.</summary>
internal static class Float16Conversion
{
    /// <exception cref="ArgumentException">The model is not in float32.</exception>
    /// <exception cref="SegmentationCheckException">The scores are far from those in float32.</exception>
    public static Float16Model Run(IHostEnvironment environment, SegmentationModel model)
    {
        if (model.Precision != OnnxPrecision.Float32)
            throw new ArgumentException($"The model computes in {model.Precision} already. Convert the float32 file that it was made of.", nameof(model));
        var graph = Float16Graph.Of(ModelProto.Parser.ParseFrom(model.Bytes));
        graph.SetMetadata((model.Description with { Precision = OnnxPrecision.Float16 }).ToMetadata());
        var converted = SegmentationModel.FromBytes(graph.ToByteArray(), model.Network, ExecutionOptions.Of(environment, execution: null));
        try
        {
            return new Float16Model(converted, ExportCheck.RunFloat16(model, converted));
        }
        catch
        {
            converted.Dispose();
            throw;
        }
    }
}
