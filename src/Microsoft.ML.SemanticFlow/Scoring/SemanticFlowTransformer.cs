// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Transforms;

[assembly: SavedTransformer<SemanticFlowTransformer>(SemanticFlowTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow;

/// <summary>Labels the pixels of each row's image with a <see cref="SegmentationModel"/>.</summary>
/// <remarks>
/// Saved, it holds the whole ONNX file; loading needs this package only. What depends on the machine
/// (<see cref="ScoringOptions"/>) is not saved. Disposing it, or a chain or prediction engine that owns it, disposes the model.
/// </remarks>
public sealed class SemanticFlowTransformer : RowTransformer, ISavedTransformer<SemanticFlowTransformer>, IDisposable
{
    internal const string LoaderSignature = "SemanticFlowScorer";

    private readonly string _output;
    private readonly string _input;

    internal SemanticFlowTransformer(IHostEnvironment environment, string outputColumn, string inputColumn, SegmentationModel model)
        : base(environment, LoaderSignature)
    {
        (_output, _input, Model) = (outputColumn, inputColumn, model);
        Inputs = [RowInput.Image("input", inputColumn)];
        Outputs =
        [
            new RowOutput<SegmentationMask>(outputColumn, SegmentationMaskDataViewType.Instance, [inputColumn], row =>
            {
                var image = row.Get<MLImage?>(inputColumn);
                return () => image() is { } found ? Predict(found) : null;
            })
            {
                Annotations = _ => MaskAnnotations.Of(Model.Labels),
            },
        ];
    }

    /// <summary>The model; it lives as long as this transformer.</summary>
    public SegmentationModel Model { get; }

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    static SemanticFlowTransformer ISavedTransformer<SemanticFlowTransformer>.Read(IHostEnvironment environment, BinaryReader reader)
    {
        string output = reader.ReadString(), input = reader.ReadString();
        var bytes = new byte[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(bytes);
        return new SemanticFlowTransformer(environment, output, input, SegmentationModel.FromBytes(bytes, "saved pipeline", options: null));
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(_output);
        writer.Write(_input);
        writer.Write(Model.Bytes.Length);
        writer.Write(Model.Bytes);
    }

    private SegmentationMask Predict(MLImage image)
    {
        MlNetInternals.CheckAlive(Host);
        try
        {
            return Model.Predict(image);
        }
        catch (InvalidDataException inner) when (image.Tag is { Length: > 0 })
        {
            throw new InvalidDataException($"Image '{image.Tag}': {inner.Message}", inner);
        }
    }
}
