// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Scoring;
using Microsoft.ML.SemanticFlow.Transforms;

[assembly: SavedTransformer<SemanticFlowTransformer>(SemanticFlowTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow;

/// <summary>Labels the pixels of each row's image with a <see cref="SegmentationModel"/>.</summary>
/// <remarks>
/// Saved, it holds the whole ONNX file and <see cref="Inference"/>; loading needs this package only. What depends on the machine
/// (<see cref="ScoringOptions"/>) is not saved. Disposing it, or a chain or prediction engine that owns it, disposes the model.
/// </remarks>
public sealed class SemanticFlowTransformer : RowTransformer, ISavedTransformer<SemanticFlowTransformer>, IDisposable
{
    internal const string LoaderSignature = "SemanticFlowScorer";

    private const byte InferenceFormat = 1;

    private readonly string _output;
    private readonly string _input;

    internal SemanticFlowTransformer(IHostEnvironment environment, string outputColumn, string inputColumn, SegmentationModel model, InferenceOptions? inference = null)
        : base(environment, LoaderSignature)
    {
        (_output, _input, Model, Inference) = (outputColumn, inputColumn, model, inference ?? new InferenceOptions());
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

    /// <summary>The passes that the mask of each row is the mean of.</summary>
    public InferenceOptions Inference { get; }

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    static SemanticFlowTransformer ISavedTransformer<SemanticFlowTransformer>.Read(IHostEnvironment environment, BinaryReader reader)
    {
        string output = reader.ReadString(), input = reader.ReadString();
        var bytes = new byte[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(bytes);
        // Files written before there were inference options end here.
        var inference = reader.BaseStream.ReadByte() switch
        {
            -1 => null,
            InferenceFormat => SavedInference.Read(reader),
            var other => throw new InvalidDataException($"The saved {nameof(SemanticFlowTransformer)} has inference options of format {other}; this version of the library reads {InferenceFormat}. Update Microsoft.ML.SemanticFlow."),
        };
        return new SemanticFlowTransformer(environment, output, input, SegmentationModel.FromBytes(bytes, "saved pipeline", ScoringOptions.Of(environment, options: null)), inference);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(_output);
        writer.Write(_input);
        writer.Write(Model.Bytes.Length);
        writer.Write(Model.Bytes);
        writer.Write(InferenceFormat);
        SavedInference.Write(writer, Inference);
    }

    private SegmentationMask Predict(MLImage image)
    {
        MlNetInternals.CheckAlive(Host);
        try
        {
            return Model.Predict(image, Inference);
        }
        catch (InvalidDataException inner) when (image.Tag is { Length: > 0 })
        {
            throw new InvalidDataException($"Image '{image.Tag}': {inner.Message}", inner);
        }
    }
}
