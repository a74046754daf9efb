// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>The estimator of a transformer that learns nothing.</summary>
internal sealed class RowEstimator(RowTransformer transformer) : IEstimator<ITransformer>
{
    public ITransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        transformer.CheckTrainingSet(input.Schema);
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => transformer.GetOutputShape(inputSchema);
}
