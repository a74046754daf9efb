// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML;

/// <summary>Where the library hangs on ML.NET's catalogs.</summary>
[SuppressMessage("Naming", "CA1708", Justification = "The compiler names both extension blocks with the empty name.")]
public static class SemanticFlowCatalogExtensions
{
    extension(MLContext context)
    {
        /// <summary>Semantic segmentation: read, train, evaluate, load.</summary>
        public SemanticSegmentationCatalog SemanticSegmentation => SemanticSegmentationCatalog.Of(context);
    }

    extension(TransformsCatalog catalog)
    {
        /// <summary>The transforms of images and masks.</summary>
        public SemanticFlowTransformsCatalog SemanticFlow()
        {
            ArgumentNullException.ThrowIfNull(catalog);
            return new SemanticFlowTransformsCatalog(MlNetInternals.GetEnvironment(catalog));
        }
    }
}
