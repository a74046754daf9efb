// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Brings images and masks to one size; there is nothing to fit.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.Resize"/>.</remarks>
/// <example>
/// <code>
/// // Masks are resized by their nearest pixel, images as for scoring.
/// var pipeline = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.Transforms.SemanticFlow().Resize(height: 64, width: 96));
/// IDataView rows = pipeline.Fit(train).Transform(train);
/// </code>
/// </example>
public sealed class ImageAndMaskResizingEstimator : IEstimator<ITransformer>
{
    private readonly RowEstimator _rows;

    internal ImageAndMaskResizingEstimator(IHostEnvironment environment, int height, int width, string? image, string? mask) =>
        _rows = new RowEstimator(new ResizingTransformer(environment, height, width, image, mask));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _rows.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _rows.GetOutputSchema(inputSchema);
}
