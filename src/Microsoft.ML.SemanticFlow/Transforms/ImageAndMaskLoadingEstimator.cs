// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Reads images and their label files; fitting finds out what the ids in the files mean, where the paths carry it.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.LoadImagesAndMasks"/>.</remarks>
/// <example>
/// <code>
/// var loading = ml.Transforms.SemanticFlow().LoadImagesAndMasks();          // ImagePath, LabelPath -> Image, Label
/// IDataView rows = loading.Fit(train).Transform(train);
/// </code>
/// </example>
public sealed class ImageAndMaskLoadingEstimator : IEstimator<ITransformer>
{
    private readonly LabelFileEstimator _rows;

    internal ImageAndMaskLoadingEstimator(
        IHostEnvironment environment, string image, string mask, string imagePath, string labelPath, LabelMap? labels, MaskIds? ids, Gray16 gray16) =>
        _rows = new LabelFileEstimator(labelPath, labels, ids, files => new ImageAndMaskLoadingTransformer(environment, image, mask, imagePath, labelPath, files, gray16));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _rows.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _rows.GetOutputSchema(inputSchema);
}
