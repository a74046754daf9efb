// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Adds a mask column that a model file predicts, and its probabilities when asked; there is nothing to fit.</summary>
/// <remarks>The file is read when the estimator is made. Every <see cref="Fit"/> returns the same transformer.</remarks>
/// <example>
/// <code>
/// SemanticFlowEstimator scoring = ml.Transforms.SemanticFlow().Score("camvid.onnx", confidenceColumnName: "Confidence");
/// var pipeline = ml.Transforms.SemanticFlow().LoadImages().Append(scoring);
/// IDataView scored = pipeline.Fit(train).Transform(train);        // Image -> PredictedLabel, Confidence
/// </code>
/// </example>
[SuppressMessage("Design", "CA1001", Justification = "The transformer belongs to whoever fits.")]
public sealed class SemanticFlowEstimator : IEstimator<SemanticFlowTransformer>
{
    private readonly SemanticFlowTransformer _transformer;

    internal SemanticFlowEstimator(IHostEnvironment environment, string modelPath, ScoredColumns columns, ExecutionOptions? execution, InferenceOptions? inference)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        _transformer = new SemanticFlowTransformer(environment, columns, SegmentationModel.Load(modelPath, ExecutionOptions.Of(environment, execution)), inference);
    }

    /// <inheritdoc/>
    public SemanticFlowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _transformer.GetOutputSchema(input.Schema); // reports a missing column now, not at the first row
        return _transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _transformer.Rows.GetOutputShape(inputSchema);
}
