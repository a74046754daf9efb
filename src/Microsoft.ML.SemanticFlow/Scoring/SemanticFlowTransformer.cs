// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Scoring;
using Microsoft.ML.SemanticFlow.Transforms;

[assembly: SavedTransformer<SemanticFlowTransformer>(SemanticFlowTransformer.LoaderSignature)]

namespace Microsoft.ML.SemanticFlow;

/// <summary>Labels the pixels of each row's image with a <see cref="SegmentationModel"/>.</summary>
/// <remarks>
/// The network runs at most once a row, whichever of the columns are read. Saved, it holds the whole ONNX file, <see cref="Inference"/> and the
/// columns' names; loading needs this package only. What depends on the machine (<see cref="ExecutionOptions"/>) is not saved. Disposing it, or a
/// chain or prediction engine that owns it, disposes the model.
/// </remarks>
/// <example>
/// <code>
/// var model = ml.Transforms.SemanticFlow().LoadImages().Append(ml.Transforms.SemanticFlow("camvid.onnx")).Fit(train);
/// SemanticFlowTransformer last = model.LastTransformer;
/// last.Model.Save("copy.onnx");
/// ml.Model.Save(model, train.Schema, "pipeline.zip");
/// </code>
/// </example>
public sealed class SemanticFlowTransformer : ISavedTransformer<SemanticFlowTransformer>, IDisposable
{
    internal const string LoaderSignature = "SemanticFlowScorer";

    internal SemanticFlowTransformer(IHostEnvironment environment, string outputColumn, string inputColumn, SegmentationModel model, InferenceOptions? inference = null)
        : this(environment, new ScoredColumns(inputColumn, outputColumn), model, inference)
    {
    }

    internal SemanticFlowTransformer(IHostEnvironment environment, ScoredColumns columns, SegmentationModel model, InferenceOptions? inference)
        : this(new ScoredRows(environment, columns, model, inference ?? model.Inference))
    {
    }

    private SemanticFlowTransformer(ScoredRows rows) => Rows = rows;

    /// <summary>The model; it lives as long as this transformer.</summary>
    public SegmentationModel Model => Rows.Model;

    /// <summary>The passes that the mask of each row is the mean of.</summary>
    public InferenceOptions Inference => Rows.Inference;

    /// <summary>Always true: rows map to rows.</summary>
    public bool IsRowToRowMapper => Rows.IsRowToRowMapper;

    internal ScoredRows Rows { get; }

    static SemanticFlowTransformer ISavedTransformer<SemanticFlowTransformer>.Read(IHostEnvironment environment, BinaryReader reader) => new(ScoredRows.Read(environment, reader));

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Rows.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Rows.GetRowToRowMapper(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => Rows.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)Rows).Save(ctx);

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();
}
