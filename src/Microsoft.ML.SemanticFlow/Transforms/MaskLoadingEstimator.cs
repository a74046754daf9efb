// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Reads label files into masks; fitting only finds out what their paths say.</summary>
/// <remarks>Made by <see cref="SemanticFlowTransformsCatalog.LoadMasks"/>.</remarks>
public sealed class MaskLoadingEstimator : IEstimator<ITransformer>
{
    private readonly LabelFilesEstimator _files;

    internal MaskLoadingEstimator(IHostEnvironment environment, string outputColumn, string pathColumn, LabelMap? labels, MaskIds? ids) =>
        _files = new LabelFilesEstimator(pathColumn, labels, ids, files => new MaskLoadingTransformer(environment, outputColumn, pathColumn, files));

    /// <inheritdoc/>
    public ITransformer Fit(IDataView input) => _files.Fit(input);

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _files.GetOutputSchema(inputSchema);
}
