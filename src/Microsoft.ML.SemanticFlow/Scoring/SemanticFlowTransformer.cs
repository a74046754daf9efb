// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Scoring;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;

[assembly: SavedTransformer<SemanticFlowTransformer>(SemanticFlowTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow;

/// <summary>Labels the pixels of each row's image with a <see cref="SegmentationModel"/>.</summary>
/// <remarks>
/// The network runs at most once a row, whichever of the columns are read. Saved, it holds the whole ONNX file, <see cref="Inference"/> and the
/// columns' names; loading needs this package only. What depends on the machine (<see cref="ScoringOptions"/>) is not saved. Disposing it, or a
/// chain or prediction engine that owns it, disposes the model.
/// </remarks>
public sealed class SemanticFlowTransformer : RowTransformer, ISavedTransformer<SemanticFlowTransformer>, IDisposable
{
    internal const string LoaderSignature = "SemanticFlowScorer";

    private const byte InferenceFormat = 1, ColumnsFormat = 1;

    private readonly ScoredColumns _columns;

    internal SemanticFlowTransformer(IHostEnvironment environment, string outputColumn, string inputColumn, SegmentationModel model, InferenceOptions? inference = null)
        : this(environment, new ScoredColumns(inputColumn, outputColumn), model, inference)
    {
    }

    internal SemanticFlowTransformer(IHostEnvironment environment, ScoredColumns columns, SegmentationModel model, InferenceOptions? inference)
        : base(environment, LoaderSignature)
    {
        (_columns, Model, Inference) = (columns, model, inference ?? new InferenceOptions());
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

    /// <summary>The model; it lives as long as this transformer.</summary>
    public SegmentationModel Model { get; }

    /// <summary>The passes that the mask of each row is the mean of.</summary>
    public InferenceOptions Inference { get; }

    internal override int? MaxDegreeOfParallelism => Model.Options.MaxDegreeOfParallelism;

    internal override IReadOnlyList<RowInput> Inputs { get; }

    internal override IReadOnlyList<RowOutput> Outputs { get; }

    static SemanticFlowTransformer ISavedTransformer<SemanticFlowTransformer>.Read(IHostEnvironment environment, BinaryReader reader)
    {
        string output = reader.ReadString(), input = reader.ReadString();
        var bytes = new byte[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(bytes);
        // Files written before there were inference options end here, those without further columns after them.
        var inference = reader.BaseStream.ReadByte() switch
        {
            -1 => null,
            InferenceFormat => SavedInference.Read(reader),
            var other => throw new InvalidDataException($"The saved {nameof(SemanticFlowTransformer)} has inference options of format {other}; this version of the library reads {InferenceFormat}. Update Microsoft.ML.SemanticFlow."),
        };
        var columns = reader.BaseStream.ReadByte() switch
        {
            -1 => new ScoredColumns(input, output),
            ColumnsFormat => new ScoredColumns(input, output, Name(reader), Name(reader)),
            var other => throw new InvalidDataException($"The saved {nameof(SemanticFlowTransformer)} has columns of format {other}; this version of the library reads {ColumnsFormat}. Update Microsoft.ML.SemanticFlow."),
        };
        return new SemanticFlowTransformer(environment, columns, SegmentationModel.FromBytes(bytes, "saved pipeline", ScoringOptions.Of(environment, options: null)), inference);

        static string? Name(BinaryReader reader) => reader.ReadString() is { Length: > 0 } name ? name : null;
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();

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
            return (context.IsParallel ? Model.ForRows() : Model).Predict(image, details, Inference, context.Stop);
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

        public RowPrediction(SemanticFlowTransformer owner, RowValues row)
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
