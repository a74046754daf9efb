// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>The rows of a <see cref="SemanticFlowTransformer"/>.</summary>
internal sealed class ScoredRows : RowTransformer
{
    private const byte InferenceFormat = 1, ColumnsFormat = 1;

    private readonly ScoredColumns _columns;

    public ScoredRows(IHostEnvironment environment, ScoredColumns columns, SegmentationModel model, InferenceOptions inference)
        : base(environment, SemanticFlowTransformer.LoaderSignature)
    {
        (_columns, Model, Inference) = (columns, model, inference);
        Inputs = [RowInput.Image("input", columns.Image)];
        List<RowOutput> outputs =
        [
            new RowOutput<SegmentationMask>(columns.Mask, SegmentationMaskDataViewType.Instance, [columns.Image], row => PredictionOf(row).Mask)
            {
                Annotations = _ => MaskAnnotations.Of(Model.Labels),
            },
        ];
        if (columns.Score is { } score)
        {
            outputs.Add(new RowNumbers(score, image => Dimensions(image, Model.Labels.ClassCount), [columns.Image], row => PredictionOf(row).Probabilities)
            {
                Annotations = _ => MaskAnnotations.Of(Model.Labels),
            });
        }

        if (columns.Confidence is { } confidence)
            outputs.Add(new RowNumbers(confidence, image => Dimensions(image), [columns.Image], row => PredictionOf(row).Confidence));
        Outputs = outputs;
    }

    public SegmentationModel Model { get; }

    public InferenceOptions Inference { get; }

    internal override int? MaxDegreeOfParallelism => Model.Execution.MaxDegreeOfParallelism;

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    /// <summary>Reads what <see cref="Write"/> wrote, in this version or an earlier one.</summary>
    public static ScoredRows Read(IHostEnvironment environment, BinaryReader reader)
    {
        string output = reader.ReadString(), input = reader.ReadString();
        int length = reader.ReadInt32();
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new InvalidDataException($"The saved {nameof(SemanticFlowTransformer)} claims a model of {length} bytes, more than there are. Save it again.");
        if (!OnnxProperties.AreIn(reader.BaseStream, length))
            throw OnnxProperties.NotAModel("saved pipeline");
        var bytes = new byte[length];
        reader.BaseStream.ReadExactly(bytes);
        // Files written before there were inference options end here, those without further columns after them.
        var inference = reader.BaseStream.ReadByte() switch
        {
            -1 => null,
            InferenceFormat => SavedInference.Read(reader),
            var other => throw new InvalidDataException(
                $"The saved {nameof(SemanticFlowTransformer)} has inference options of format {other}; this version of the library reads {InferenceFormat}. " +
                "Update Microsoft.ML.SemanticFlow."),
        };
        var columns = reader.BaseStream.ReadByte() switch
        {
            -1 => new ScoredColumns(input, output),
            ColumnsFormat => new ScoredColumns(input, output, Name(reader), Name(reader)),
            var other => throw new InvalidDataException(
                $"The saved {nameof(SemanticFlowTransformer)} has columns of format {other}; this version of the library reads {ColumnsFormat}. Update Microsoft.ML.SemanticFlow."),
        };
        var model = SegmentationModel.FromBytes(bytes, "saved pipeline", ExecutionOptions.Of(environment, execution: null));
        return new ScoredRows(environment, columns, model, inference ?? model.Inference);

        static string? Name(BinaryReader reader) => reader.ReadString() is { Length: > 0 } name ? name : null;
    }

    // Two rows a core of K full planes each would take gigabytes that nobody asked for.
    internal override bool ReadsAhead(IReadOnlyCollection<string> columns) =>
        columns.Count > 0 && (MaxDegreeOfParallelism is not null || !columns.Contains(_columns.Score));

    private protected override void Write(BinaryWriter writer)
    {
        writer.Write(_columns.Mask);
        writer.Write(_columns.Image);
        writer.Write(Model.Bytes.Length);
        writer.Write(Model.Bytes);
        writer.Write(InferenceFormat);
        SavedInference.Write(writer, Inference);
        if (_columns is { Score: null, Confidence: null })
            return;
        writer.Write(ColumnsFormat);
        writer.Write(_columns.Score ?? "");
        writer.Write(_columns.Confidence ?? "");
    }

    private static int[] Dimensions(DataViewType image, params int[] first) =>
        image is ImageDataViewType { Height: > 0, Width: > 0 } sized ? [.. first, sized.Height, sized.Width] : [];

    private RowPrediction PredictionOf(RowValues row) => row.Common(this, () => new RowPrediction(this, row));

    private SegmentationPrediction Predict(MLImage image, PredictionDetails details, RowContext context)
    {
        MlNetInternals.CheckAlive(Host);
        try
        {
            return (context.IsParallel ? Model.ForRows() : Model).PredictDetailed(image, details, Inference, context.Stop);
        }
        catch (InvalidDataException inner) when (image.Tag is { Length: > 0 })
        {
            throw new InvalidDataException($"Image '{image.Tag}': {inner.Message}", inner);
        }
    }

    /// <summary>The prediction of the row a cursor stands on, with what its active columns need.</summary>
    private sealed class RowPrediction
    {
        private readonly Func<SegmentationPrediction?> _once;
        private PredictionDetails _details;     // complete before the first row: getters are bound when the cursor is made

        public RowPrediction(ScoredRows owner, RowValues row)
        {
            var image = row.Get<MLImage?>(owner._columns.Image);
            _once = row.Once(() => image() is { } found ? owner.Predict(found, _details, row.Context) : null);
        }

        public Func<SegmentationMask?> Mask => () => _once()?.Mask;

        public Func<ReadOnlyMemory<float>> Probabilities => Bind(PredictionDetails.Probabilities, prediction => prediction.ProbabilityMemory);

        public Func<ReadOnlyMemory<float>> Confidence => Bind(PredictionDetails.Confidence, prediction => prediction.ConfidenceMemory);

        private Func<ReadOnlyMemory<float>> Bind(PredictionDetails details, Func<SegmentationPrediction, ReadOnlyMemory<float>> read)
        {
            _details |= details;
            return () => _once() is { } prediction ? read(prediction) : default;
        }
    }
}
