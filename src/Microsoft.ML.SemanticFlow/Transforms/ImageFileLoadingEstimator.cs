// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Reads image files as every viewer shows them; there is nothing to fit.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.LoadImages"/>.</remarks>
/// <example>
/// <code>
/// IDataView photos = ml.SemanticSegmentation.Data.Folder("photos");
/// var scorer = ml.Transforms.SemanticFlow().LoadImages().Append(ml.Transforms.SemanticFlow("camvid.onnx"));
/// var masks = scorer.Fit(photos).Transform(photos).GetColumn&lt;SegmentationMask>("PredictedLabel").ToArray();
/// </code>
/// </example>
public sealed class ImageFileLoadingEstimator : IEstimator<ITransformer>
{
    private readonly RowEstimator _rows;

    internal ImageFileLoadingEstimator(IHostEnvironment environment, string outputColumn, string pathColumn, Gray16 gray16) =>
        _rows = new RowEstimator(new ImageFileLoadingTransformer(environment, outputColumn, pathColumn, gray16));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _rows.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _rows.GetOutputSchema(inputSchema);
}
