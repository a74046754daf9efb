// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Draws masks in the colours of their classes, alone or over their images; there is nothing to fit.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.Colorize"/> and <see cref="SemanticFlowTransformsCatalog.Overlay"/>.</remarks>
/// <example>
/// <code>
/// IDataView photos = ml.SemanticSegmentation.Data.Folder("photos");
/// var pipeline = ml.Transforms.SemanticFlow().LoadImages()
///     .Append(ml.Transforms.SemanticFlow("camvid.onnx"))
///     .Append(ml.Transforms.SemanticFlow().Overlay("Picture"));                 // a column of MLImage
/// IDataView pictures = pipeline.Fit(photos).Transform(photos);
/// </code>
/// </example>
public sealed class MaskPaintingEstimator : IEstimator<ITransformer>
{
    private readonly RowEstimator _rows;

    internal MaskPaintingEstimator(IHostEnvironment environment, string output, string mask, string? image, double opacity) =>
        _rows = new RowEstimator(new PaintingTransformer(environment, output, mask, image, opacity));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _rows.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _rows.GetOutputSchema(inputSchema);
}
