// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The transforms of images and masks.</summary>
/// <example>
/// <code>
/// SemanticFlowTransformsCatalog transforms = ml.Transforms.SemanticFlow();
/// var pipeline = transforms.LoadImages().Append(transforms.Score("camvid.onnx")).Append(transforms.Colorize("Picture"));
/// IDataView scored = pipeline.Fit(train).Transform(train);
/// </code>
/// </example>
public sealed class SemanticFlowTransformsCatalog
{
    internal SemanticFlowTransformsCatalog(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }

    /// <summary>Labels the pixels of images with a model file.</summary>
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
    public SemanticFlowEstimator Score(
        string modelPath, string outputColumnName = "PredictedLabel", string inputColumnName = "Image", ExecutionOptions? execution = null, InferenceOptions? inference = null,
        string? scoreColumnName = null, string? confidenceColumnName = null) =>
        new(Environment, modelPath, new ScoredColumns(inputColumnName, outputColumnName, scoreColumnName, confidenceColumnName), execution, inference);

    /// <summary>Reads label files, gray or palette PNG, into masks of train ids.</summary>
    /// <param name="outputColumnName">The new mask column; it carries the label map to evaluation and reports.</param>
    /// <param name="inputColumnName">Text: the paths. An empty path gives no mask.</param>
    /// <param name="labels">
    /// What the ids in the files mean; an id outside it fails when the row is read. Null takes the label map that the paths carry from the reader of the data set.
    /// </param>
    /// <param name="ids">Which ids the files hold; null takes what the paths carry, and raw ids where they carry nothing.</param>
    /// <remarks>
    /// What is given here and what the paths carry must agree, in the data that is fitted and in all that is transformed later: else it fails
    /// with <see cref="ArgumentException"/>. Fitting needs the paths; data that is transformed later may come without, and then gets no masks,
    /// so that a trained chain scores images that have no labels.
    /// </remarks>
    public MaskLoadingEstimator LoadMasks(string outputColumnName, string inputColumnName, LabelMap? labels = null, MaskIds? ids = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        return new MaskLoadingEstimator(Environment, outputColumnName, inputColumnName, labels, ids);
    }

    /// <summary>
    /// Reads image files as every viewer shows them: turned as EXIF says. A file that is damaged or cut off fails when its row is read.
    /// </summary>
    /// <param name="outputColumnName">The new image column.</param>
    /// <param name="inputColumnName">Text: the paths. An empty path gives no image.</param>
    /// <param name="gray16">How gray PNG files of 16 bits are read: as the model was trained, <see
    /// cref="SegmentationModel.Gray16"/>.</param>
    /// <remarks>
    /// ML.NET's own <c>LoadImages</c> reads pixels as stored, whatever EXIF says, and takes what it can decode of a damaged file for the
    /// whole.
    /// </remarks>
    public ImageFileLoadingEstimator LoadImages(string outputColumnName = "Image", string inputColumnName = "ImagePath", Gray16 gray16 = Gray16.Scale)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        return new ImageFileLoadingEstimator(Environment, outputColumnName, inputColumnName, gray16);
    }

    /// <summary>
    /// Reads images, as every viewer shows them, and their label files; a row whose two sizes differ fails when its mask is read.
    /// </summary>
    /// <param name="labels">What the ids in the label files mean; null takes the label map that their paths carry from the reader of the data set.</param>
    /// <param name="imageColumnName">The new image column.</param>
    /// <param name="labelColumnName">The new mask column; it carries the label map.</param>
    /// <param name="imagePathColumnName">Text: the image files.</param>
    /// <param name="labelPathColumnName">Text: the label files.</param>
    /// <param name="ids">Which ids the label files hold; null takes what the paths carry, and raw ids where they carry nothing.</param>
    /// <param name="gray16">How gray PNG images of 16 bits are read; the trainer and the model must be told the same.</param>
    /// <remarks>
    /// What is given here and what the paths carry must agree, in the data that is fitted and in all that is transformed later: else it fails
    /// with <see cref="ArgumentException"/>. Fitting needs the label files; data that is transformed later may come without, and then gets
    /// images alone.
    /// </remarks>
    public ImageAndMaskLoadingEstimator LoadImagesAndMasks(
        LabelMap? labels = null, string imageColumnName = "Image", string labelColumnName = "Label", string imagePathColumnName = "ImagePath",
        string labelPathColumnName = "LabelPath", MaskIds? ids = null,
        Gray16 gray16 = Gray16.Scale)
    {
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(imagePathColumnName);
        ArgumentException.ThrowIfNullOrEmpty(labelPathColumnName);
        return new ImageAndMaskLoadingEstimator(Environment, imageColumnName, labelColumnName, imagePathColumnName, labelPathColumnName, labels, ids, gray16);
    }

    /// <summary>Brings images and masks to one size, in place: images bilinear and antialiased when shrinking, masks nearest.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="imageColumnName">The images; null leaves them alone.</param>
    /// <param name="maskColumnName">The masks; null leaves them alone, and so does data without them that is transformed after fitting.</param>
    public ImageAndMaskResizingEstimator Resize(int height, int width, string? imageColumnName = "Image", string? maskColumnName = "Label")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (string.IsNullOrEmpty(imageColumnName) && string.IsNullOrEmpty(maskColumnName))
            throw new ArgumentException("There is nothing to resize: name an image column, a mask column or both.", nameof(imageColumnName));
        return new ImageAndMaskResizingEstimator(Environment, height, width, imageColumnName, maskColumnName);
    }

    /// <summary>Draws masks in their classes' colours.</summary>
    /// <param name="outputColumnName">The new image column.</param>
    /// <param name="maskColumnName">The masks.</param>
    public MaskPaintingEstimator Colorize(string outputColumnName, string maskColumnName = "PredictedLabel")
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(maskColumnName);
        return new MaskPaintingEstimator(Environment, outputColumnName, maskColumnName, image: null, opacity: 1);
    }

    /// <summary>Draws masks in their classes' colours over their images.</summary>
    /// <param name="outputColumnName">The new image column.</param>
    /// <param name="imageColumnName">The images, of the masks' sizes.</param>
    /// <param name="maskColumnName">The masks.</param>
    /// <param name="opacity">Share of the colour, from 0 to 1.</param>
    public MaskPaintingEstimator Overlay(string outputColumnName, string imageColumnName = "Image", string maskColumnName = "PredictedLabel", double opacity = 0.5)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        ArgumentException.ThrowIfNullOrEmpty(maskColumnName);
        if (opacity is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "The opacity runs from 0 (the image alone) to 1 (the colours alone).");
        return new MaskPaintingEstimator(Environment, outputColumnName, maskColumnName, imageColumnName, opacity);
    }
}
