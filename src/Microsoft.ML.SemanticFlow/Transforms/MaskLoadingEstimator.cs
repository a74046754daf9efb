// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Reads label files into masks; fitting finds out what the ids in the files mean, where the paths carry it.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.LoadMasks"/>.</remarks>
/// <example>
/// <code>
/// var loading = ml.Transforms.LoadImages("Image", null, "ImagePath")
///     .Append(ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", LabelMaps.CamVid));
/// var masks = loading.Fit(train).Transform(train).GetColumn&lt;SegmentationMask>("Label").ToArray();
/// </code>
/// </example>
public sealed class MaskLoadingEstimator : IEstimator<ITransformer>
{
    private readonly LabelFileEstimator _rows;

    internal MaskLoadingEstimator(IHostEnvironment environment, string outputColumn, string pathColumn, LabelMap? labels, MaskIds? ids) =>
        _rows = new LabelFileEstimator(pathColumn, labels, ids, files => new MaskLoadingTransformer(environment, outputColumn, pathColumn, files));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _rows.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _rows.GetOutputSchema(inputSchema);
}
