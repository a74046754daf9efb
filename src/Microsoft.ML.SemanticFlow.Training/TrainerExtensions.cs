// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.SemanticFlow;
using Microsoft.ML.SemanticFlow.Import;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML;

/// <summary>Where ML.NET finds the trainer of semantic segmentation.</summary>
[SuppressMessage("Naming", "CA1708", Justification = "The compiler names all extension blocks with the empty name.")]
public static class SemanticFlowTrainerExtensions
{
    extension(SegmentationTrainersCatalog catalog)
    {
        /// <summary>Trains an SFNet on images and their masks.</summary>
        /// <param name="options">Every number of the run.</param>
        /// <returns>The trainer.</returns>
        public SemanticFlowTrainer SemanticFlow(SemanticFlowTrainerOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentNullException.ThrowIfNull(options);
            return new SemanticFlowTrainer(catalog.Environment, options);
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
            return new SemanticFlowTrainer(MlNetInternals.GetEnvironment(catalog), options);
        }
    }

    extension(SemanticSegmentationCatalog catalog)
    {
        /// <summary>Exports the best weights of a training run, or the last where none were validated, to an ONNX file.</summary>
        /// <param name="runDirectory">The <see cref="SemanticFlowTrainerOptions.RunDirectory"/> of the run; it may still be going on.</param>
        /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
        /// <param name="options">Which form, and which image size.</param>
        /// <returns>How far the file's scores are from the network's.</returns>
        /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
        /// <exception cref="FileNotFoundException">The folder holds no checkpoint.</exception>
        /// <exception cref="InvalidDataException">The checkpoint is not whole.</exception>
        /// <exception cref="InvalidOperationException">The file's scores are not the network's; none is written.</exception>
        public ExportVerification ExportOnnx(string runDirectory, string outputPath, OnnxExportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(runDirectory);
            ArgumentException.ThrowIfNullOrEmpty(outputPath);
            ArgumentNullException.ThrowIfNull(options);
            var exported = RunExport.OfFolder(runDirectory, options);
            AtomicFile.Write(outputPath, exported.Bytes);
            return exported.Verification;
        }

        /// <summary>Makes a model of a checkpoint: of the authors' (.pth), of any other of these networks that PyTorch or safetensors wrote, or of a training run.</summary>
        /// <param name="checkpointPath">The file. Nothing in it is run.</param>
        /// <param name="options">Which network and classes, and which ONNX file.</param>
        /// <returns>The model, and how well the checkpoint fitted; dispose it.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="InvalidDataException">
        /// The file is damaged, or it does not fit the network: the message names every fault, and under the key <c>Report</c> the exception's
        /// <see cref="Exception.Data"/> holds the <see cref="WeightReport"/> with all names.
        /// </exception>
        /// <exception cref="InvalidOperationException">The ONNX file's scores are not the network's.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it.</exception>
        public ImportedCheckpoint ImportCheckpoint(string checkpointPath, CheckpointImportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
            ArgumentNullException.ThrowIfNull(options);
            return CheckpointImport.ToModel(catalog.Trainers.Environment, checkpointPath, options);
        }

        /// <summary>Writes the weights of a checkpoint as safetensors: under the original's names, a tensor that has two names twice, in the network's number formats.</summary>
        /// <param name="checkpointPath">The file. Nothing in it is run.</param>
        /// <param name="outputPath">The file to write; an earlier one is replaced.</param>
        /// <param name="options">Which network and classes.</param>
        /// <returns>How well the checkpoint fitted.</returns>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="InvalidDataException">As of <c>ImportCheckpoint</c>; no file is written.</exception>
        /// <exception cref="OperationCanceledException">The options' token ended it; no file is written.</exception>
        public WeightReport ConvertCheckpoint(string checkpointPath, string outputPath, CheckpointImportOptions options)
        {
            ArgumentNullException.ThrowIfNull(catalog);
            ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
            ArgumentException.ThrowIfNullOrEmpty(outputPath);
            ArgumentNullException.ThrowIfNull(options);
            return CheckpointImport.ToSafeTensors(catalog.Trainers.Environment, checkpointPath, outputPath, options);
        }
    }
}
