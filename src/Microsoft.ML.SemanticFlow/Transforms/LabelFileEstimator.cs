// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>The estimator of a transformer that reads label files: what the caller leaves open, the column of their paths says.</summary>
internal sealed class LabelFileEstimator(string pathColumn, LabelMap? labels, MaskIds? ids, Func<LabelFiles, RowTransformer> create) : IEstimator<ITransformer>
{
    // A shape holds types alone: any map gives the same.
    private static readonly LabelFiles _any = new(LabelMap.FromClassNames("any", "any"), MaskIds.Raw);

    public ITransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var paths = RowInput.Text("label path", pathColumn).Find(input.Schema);
        var transformer = create(LabelFiles.Of(paths, labels, ids));
        transformer.CheckTrainingSet(input.Schema);
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => create(_any).GetOutputShape(inputSchema);
}
