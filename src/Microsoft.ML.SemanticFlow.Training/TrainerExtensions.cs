// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Import;
using Microsoft.ML.SemanticFlow.Presets;
using Microsoft.ML.SemanticFlow.Quantization;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML;

/// <summary>Where ML.NET finds the trainer of semantic segmentation.</summary>
/// <remarks>Every method throws <see cref="InvalidOperationException"/> when the package Microsoft.ML.SemanticFlow is of another build.</remarks>
/// <example>
/// <code>
/// var recipe = SemanticFlowTrainerOptions.Auto(train, TimeSpan.FromMinutes(30), new() { ValidationSet = val });
/// var trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(recipe);
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1708", Justification = "The compiler names all extension blocks with the empty name.")]
public static class SemanticFlowTrainerExtensions
{
    extension(SemanticSegmentationTrainersCatalog catalog)
    {
        /// <summary>Trains an SFNet on images and their masks.</summary>
        /// <param name="options">Every number of the run.</param>
        /// <returns>The trainer.</returns>
        public SemanticFlowTrainer SemanticFlow(SemanticFlowTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(options);
            SameBuild.Ensure();
            return new SemanticFlowTrainer(EnvironmentOf(catalog), options);
        }
    }

    extension(TransformsCatalog catalog)
    {
        /// <summary>The trainer of SFNet as a transform: the same as <c>SemanticSegmentation.Trainers.SemanticFlow</c>.</summary>
        /// <param name="options">Every number of the run.</param>
        /// <returns>The trainer.</returns>
        public SemanticFlowTrainer SemanticFlow(SemanticFlowTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(options);
            SameBuild.Ensure();
            return new SemanticFlowTrainer(EnvironmentOf(catalog), options);
        }
    }

    extension(SemanticFlowTrainerOptions options)
    {
        /// <summary>The same options with batches of 8 crops, or as many, 2 at least, as fit into the memory: it trains for a moment to see what a crop takes.</summary>
        /// <param name="labels">The classes.</param>
        /// <returns>The options.</returns>
        public SemanticFlowTrainerOptions FitBatchSize(LabelMap labels)
        {
            ArgumentNullException.ThrowIfNull(options);
            ArgumentNullException.ThrowIfNull(labels);
            SameBuild.Ensure();
            return AutoRecipe.FitBatch(options, labels);
        }
    }

    extension(SemanticFlowTrainerOptions)
    {
        /// <summary>Chooses a recipe for a training set and this machine: looks at some images, and trains for a moment to see what a step takes.</summary>
        /// <remarks>
        /// Network, weights to start from, sizes, loss, optimiser and rates are chosen, and <see cref="SemanticFlowTrainerOptions.Reasons"/> says why. Say what else
        /// you want with <c>with</c>. Give the <see cref="SemanticFlowTrainerOptions.ValidationSet"/> in <paramref name="basis"/>: its size decides how often it is scored.
        /// </remarks>
        /// <param name="data">The training set: the columns ImagePath and LabelPath of a dataset reader, or columns of images and masks.</param>
        /// <param name="time">For the whole run, longer than zero.</param>
        /// <param name="basis">Names of columns, classes and the validation set, which are kept; null for the defaults.</param>
        /// <param name="network">The network, where it is not to be chosen; null chooses.</param>
        /// <param name="cancellationToken">Ends it.</param>
        /// <returns>The options.</returns>
        /// <exception cref="ArgumentException">The view has no such columns, or does not say which classes its masks hold.</exception>
        /// <exception cref="InvalidDataException">No image of those looked at can be read.</exception>
        public static SemanticFlowTrainerOptions Auto(
            IDataView data, TimeSpan time, SemanticFlowTrainerOptions? basis = null, SegmentationNetworkInfo? network = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(data);
            SameBuild.Ensure();
            return AutoRecipe.For(data, time, basis ?? new SemanticFlowTrainerOptions(), network, cancellationToken);
        }
    }

    extension(SemanticSegmentationCatalog catalog)
    {
        /// <summary>Exports the best weights of a training run, or the last where none were validated, to an ONNX file.</summary>
        /// <param name="runDirectory">The folder of the run; it may still be going on.</param>
        /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
        /// <param name="options">Which form, and which image size.</param>
        /// <returns>How far the file's scores are from the network's.</returns>
        /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
        /// <exception cref="FileNotFoundException">The folder holds no checkpoint.</exception>
        /// <exception cref="InvalidDataException">The checkpoint is not whole.</exception>
        /// <exception cref="SegmentationCheckException">The file's scores are not the network's; none is written.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it; no file is written.</exception>
        public ExportVerification ExportOnnx(string runDirectory, string outputPath, OnnxExportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(runDirectory);
            ArgumentException.ThrowIfNullOrEmpty(outputPath);
            ArgumentNullException.ThrowIfNull(options);
            SameBuild.Ensure();
            return RunExport.ToFile(runDirectory, outputPath, options);
        }

        /// <summary>Makes a model of a checkpoint: of the authors' (.pth), of any other of these networks that PyTorch or safetensors wrote, or of a training run.</summary>
        /// <param name="checkpointPath">The file. Nothing in it is run.</param>
        /// <param name="options">Which network and classes, and which ONNX file.</param>
        /// <returns>The model, and how well the checkpoint fitted; dispose it.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
        /// <exception cref="InvalidDataException">The file is damaged.</exception>
        /// <exception cref="WeightMismatchException">The file does not fit the network; its <see cref="WeightMismatchException.Report"/> names every fault.</exception>
        /// <exception cref="SegmentationCheckException">The ONNX file's scores are not the network's.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it.</exception>
        public ImportedCheckpoint ImportCheckpoint(string checkpointPath, CheckpointImportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
            ArgumentNullException.ThrowIfNull(options);
            SameBuild.Ensure();
            return CheckpointImport.ToModel(EnvironmentOf(catalog.Trainers), checkpointPath, options);
        }

        /// <summary>Writes the weights of a checkpoint as safetensors: under the original's names, a tensor that has two names twice, in the network's number formats.</summary>
        /// <param name="checkpointPath">The file. Nothing in it is run.</param>
        /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
        /// <param name="options">Which network and classes.</param>
        /// <returns>How well the checkpoint fitted.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
        /// <exception cref="InvalidDataException">The file is damaged; none is written.</exception>
        /// <exception cref="WeightMismatchException">The file does not fit the network; none is written.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it; no file is written.</exception>
        public WeightReport ConvertCheckpoint(string checkpointPath, string outputPath, CheckpointImportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
            ArgumentException.ThrowIfNullOrEmpty(outputPath);
            ArgumentNullException.ThrowIfNull(options);
            SameBuild.Ensure();
            return CheckpointImport.ToSafeTensors(EnvironmentOf(catalog.Trainers), checkpointPath, outputPath, options);
        }

        /// <summary>Makes a model that computes with float16 of one in float32: half the size, and faster on GPUs that have it. Processors are not.</summary>
        /// <param name="model">A float32 model; it stays the caller's and as it is.</param>
        /// <returns>The new model, and how far its scores are from the first's; dispose it.</returns>
        /// <exception cref="ArgumentException">The model is not in float32.</exception>
        /// <exception cref="SegmentationCheckException">float16 cannot hold what the network computes: scores are no numbers, or far off.</exception>
        public Float16Model ConvertToFloat16(SegmentationModel model)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(model);
            SameBuild.Ensure();
            return Float16Conversion.Run(EnvironmentOf(catalog.Trainers), model);
        }

        /// <summary>Makes a model that computes with bytes of one in float32, and measures what that does to its masks.</summary>
        /// <remarks>
        /// Feature maps are measured on some of the images and both models compared on others; layers that disturb the masks too much stay in
        /// float32. Weights are whole numbers from -63 to 63 for each output channel, so that processors without VNNI add up their products without overflow.
        /// </remarks>
        /// <param name="model">A float32 model; it stays the caller's and as it is.</param>
        /// <param name="data">Images like those that will be scored: a hundred are plenty. Rows are read once, spread evenly.</param>
        /// <param name="options">How ranges are chosen and how near the masks must be; null for the defaults.</param>
        /// <param name="imageColumnName">The images.</param>
        /// <param name="labelColumnName">Their ground truth, for the mIoU of both models; a view without this column gives none.</param>
        /// <returns>The new model with the figures; dispose it.</returns>
        /// <exception cref="ArgumentException">The model is not in float32, or there are fewer than two rows.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The image column is missing, or a column has another type.</exception>
        /// <exception cref="InvalidDataException">An image is too small for the network, its label has another size, or the network computes no numbers.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it.</exception>
        public QuantizedModel Quantize(
            SegmentationModel model, IDataView data, QuantizationOptions? options = null, string imageColumnName = "Image", string labelColumnName = "Label")
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(data);
            ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
            ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
            SameBuild.Ensure();
            options ??= new QuantizationOptions();
            return ModelQuantizer.Run(EnvironmentOf(catalog.Trainers), model, new CalibrationData(data, imageColumnName, labelColumnName, options), options);
        }
    }

    // What is internal to the other library stays out of the doors: see SameBuild.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHostEnvironment EnvironmentOf(SemanticSegmentationTrainersCatalog catalog) => catalog.Environment;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHostEnvironment EnvironmentOf(TransformsCatalog catalog) => MlNetInternals.GetEnvironment(catalog);
}
