// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML;

/// <summary>Where the library hangs on ML.NET's catalogs.</summary>
/// <example>
/// <code>
/// var ml = new MLContext();
/// var catalog = ml.SemanticSegmentation;                          // ml.GetSemanticSegmentation() in F#, Visual Basic and C# before 14
/// var scoring = ml.Transforms.SemanticFlow("camvid.onnx");        // short for ml.Transforms.SemanticFlow().Score("camvid.onnx")
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1708", Justification = "The compiler names both extension blocks with the empty name.")]
public static class SemanticFlowCatalogExtensions
{
    extension(MLContext context)
    {
        /// <summary>Semantic segmentation: read, train, evaluate, load.</summary>
        public SemanticSegmentationCatalog SemanticSegmentation => SemanticSegmentationCatalog.Of(context);

        /// <summary>The same as <c>SemanticSegmentation</c>, for F#, Visual Basic and C# before 14, which know methods of extensions and no properties.</summary>
        public SemanticSegmentationCatalog GetSemanticSegmentation() => SemanticSegmentationCatalog.Of(context);
    }

    extension(TransformsCatalog catalog)
    {
        /// <summary>The transforms of images and masks.</summary>
        public SemanticFlowTransformsCatalog SemanticFlow()
        {
            ArgumentNullException.ThrowIfNull(catalog);
            return new SemanticFlowTransformsCatalog(MlNetInternals.GetEnvironment(catalog));
        }

        /// <summary>Labels the pixels of images with a model file: short for <c>SemanticFlow().Score(...)</c>.</summary>
        /// <param name="modelPath">An ONNX file that this library exported.</param>
        /// <param name="outputColumnName">The new mask column; it carries the model's label map.</param>
        /// <param name="inputColumnName">The images, of any size that the model takes.</param>
        /// <param name="execution">Where and how the model runs; null for the defaults.</param>
        /// <param name="inference">Scales, mirrored copies and tiles that each mask is the mean of; null for the model's own. Saved with the transformer.</param>
        /// <param name="scoreColumnName">A new column of the probabilities of every class, [K, H, W] in each row; null for none.</param>
        /// <param name="confidenceColumnName">A new column of the probabilities of the predicted classes, [H, W] in each row; null for none.</param>
        /// <remarks>
        /// The columns of numbers are vectors of float, of known size when the schema gives the images one, and empty or not a number where a row
        /// has no image. A row of probabilities takes 4 K H W bytes, 160 MB for 19 classes at 1024 x 2048. Ask for the mask beside them: when every
        /// column asked for is a number or a vector, ML.NET's own transforms read ahead, 64 rows at a time.
        /// </remarks>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="InvalidDataException">The file is no model of this library.</exception>
        public SemanticFlowEstimator SemanticFlow(
            string modelPath, string outputColumnName = "PredictedLabel", string inputColumnName = "Image", ExecutionOptions? execution = null, InferenceOptions? inference = null,
            string? scoreColumnName = null, string? confidenceColumnName = null)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            return catalog.SemanticFlow().Score(modelPath, outputColumnName, inputColumnName, execution, inference, scoreColumnName, confidenceColumnName);
        }
    }
}
