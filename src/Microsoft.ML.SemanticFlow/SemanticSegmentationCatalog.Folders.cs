// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow;

/// <content>Folders, in shards where they are large.</content>
public sealed partial class SemanticSegmentationCatalog
{
    /// <summary>Scores the images of a folder on all cores and writes a mask, and what else is asked for, of each.</summary>
    /// <param name="model">The model; it stays open.</param>
    /// <param name="imagesDirectory">The images, with those of its subfolders; or one file.</param>
    /// <param name="outputDirectory">Where the files go, in the same subfolders; made when missing. Files of the same names are replaced.</param>
    /// <param name="options">What is written, which part of the work this process does, and more; null for the defaults.</param>
    /// <returns>How many images were scored, and what was left out.</returns>
    /// <remarks>Every file appears whole or not at all. Memory does not grow with the folder, but for the names of its images.</remarks>
    /// <exception cref="ArgumentException">The output folder is that of the images, or its files would replace images.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder of images.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    /// <exception cref="InvalidDataException">An image cannot be scored, or more cannot than may be left out; two images would be written to one file; or the
    /// ledger is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    /// <exception cref="IOException">A file cannot be written; what is written before stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is written stays.</exception>
    public FolderScoringReport ScoreFolder(SegmentationModel model, string imagesDirectory, string outputDirectory, FolderScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        options ??= new FolderScoringOptions();
        using var channel = ((IHostEnvironment)_context).Start("Scoring");
        var plan = ScoringPlan.Make(imagesDirectory, outputDirectory, options);
        var report = new FolderScoring(model, plan, options).Run();
        channel.Info(MessageSensitivity.None, "{0}: {1} of {2} images scored", imagesDirectory, report.WrittenCount, report.ImageCount);
        if (report.Skipped is [.., var last])
            options.Reading.RequireShare(report.Skipped.Count, report.ImageCount, $"'{imagesDirectory}'", last.Reason);
        return report;
    }

    /// <summary>Reads the ledgers that <see cref="ScoreFolder"/> kept in an output folder: is every image done, whichever process had it?</summary>
    /// <param name="outputDirectory">The output folder that all shards wrote to, or a copy of all they wrote.</param>
    /// <exception cref="FileNotFoundException">It holds no ledger.</exception>
    /// <exception cref="InvalidDataException">The ledgers are of different work, or one is damaged.</exception>
    /// <exception cref="IOException">A process works on a shard still.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Members of the catalog are called on it.")]
    public FolderMergeReport MergeShards(string outputDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        return ScoringMerge.Run(outputDirectory);
    }

    /// <summary>Scores the images of a folder on all cores and compares each with its label file.</summary>
    /// <param name="model">The model; it stays open.</param>
    /// <param name="imagesDirectory">The images, with those of its subfolders.</param>
    /// <param name="labelsDirectory">Their label files, PNG, in the same subfolders and of the same names.</param>
    /// <param name="labels">The ids in the label files; null for the model's own classes, which it must agree with.</param>
    /// <param name="options">What is measured, which part of the work this process does, and more; null for the defaults.</param>
    /// <returns>What the images came to. That of a shard is a part: <see cref="MergeEvaluation"/> adds the shards.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no image, or one lacks its label.</exception>
    /// <exception cref="InvalidDataException">An image cannot be compared, or more cannot than may be left out; or the ledger is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    /// <exception cref="IOException">A file cannot be read, or the ledger cannot be written; what it holds stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what the ledger holds stays.</exception>
    public FolderEvaluationReport EvaluateFolder(
        SegmentationModel model, string imagesDirectory, string labelsDirectory, LabelMap? labels = null, FolderEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        ArgumentException.ThrowIfNullOrEmpty(labelsDirectory);
        options ??= new FolderEvaluationOptions();
        return Evaluate(EvaluationPlan.OfImages(imagesDirectory, labelsDirectory, options.Reading), labels ?? model.Labels, SourceOf(model, options), imagesDirectory, options);
    }

    /// <summary>Compares the masks of a folder with label files, on all cores.</summary>
    /// <param name="predictionsDirectory">The predicted masks, PNG.</param>
    /// <param name="labelsDirectory">The label files, PNG, in the same subfolders and of the same names.</param>
    /// <param name="labels">The classes, and the ids in the files.</param>
    /// <param name="options">What is measured, which part of the work this process does, and more; null for the defaults.</param>
    /// <returns>What the masks came to. That of a shard is a part: <see cref="MergeEvaluation"/> adds the shards.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no label file, or one lacks its mask.</exception>
    /// <exception cref="InvalidDataException">Two masks cannot be compared, or more cannot than may be left out; or the ledger is of other work.</exception>
    /// <exception cref="ArgumentException">A measure is asked for that needs probabilities, which masks lack.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    /// <exception cref="IOException">A file cannot be read, or the ledger cannot be written; what it holds stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what the ledger holds stays.</exception>
    public FolderEvaluationReport EvaluateMasks(string predictionsDirectory, string labelsDirectory, LabelMap labels, FolderEvaluationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(predictionsDirectory);
        ArgumentException.ThrowIfNullOrEmpty(labelsDirectory);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new FolderEvaluationOptions();
        var source = PredictionSource.OfMasks(labels, options.MaskIds);
        return Evaluate(EvaluationPlan.OfMasks(predictionsDirectory, labelsDirectory, options.Reading), labels, source, labelsDirectory, options);
    }

    /// <summary>Adds the ledgers that shards of an evaluation kept under <see cref="FolderEvaluationOptions.LedgerDirectory"/>.</summary>
    /// <param name="ledgerDirectory">That folder, or a copy of all that lies in it.</param>
    /// <param name="keepImages">Whether the sum remembers each image; it does where suspects were looked for.</param>
    /// <returns>The sum, which is to the last bit what one process comes to, and what is missing.</returns>
    /// <remarks>Measures sum whole numbers, so neither the number of shards nor their order has a say.</remarks>
    /// <exception cref="FileNotFoundException">It holds no ledger.</exception>
    /// <exception cref="InvalidDataException">The ledgers are of different work, one is damaged, or two say different things of one image.</exception>
    /// <exception cref="IOException">A process works on a shard still.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Members of the catalog are called on it.")]
    public FolderEvaluationMergeReport MergeEvaluation(string ledgerDirectory, bool keepImages = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledgerDirectory);
        return EvaluationMerge.Run(ledgerDirectory, keepImages);
    }

    internal static PredictionSource SourceOf(SegmentationModel model, FolderEvaluationOptions options)
    {
        var inference = options.Inference ?? model.Inference;
        return new PredictionSource(Predict, ScoringWork.Of(model, inference), MaskIds: null);

        (SegmentationMask, SegmentationEvidence?) Predict(string image)
        {
            options.Starting?.Invoke(image);
            if (options.NeededDetails == PredictionDetails.None)
                return (model.Predict(image, inference, options.CancellationToken), null);
            var prediction = model.PredictDetailed(image, options.NeededDetails, inference, options.CancellationToken);
            return (prediction.Mask, prediction.ToEvidence());
        }
    }

    private FolderEvaluationReport Evaluate(EvaluationPlan plan, LabelMap labels, PredictionSource source, string folder, FolderEvaluationOptions options)
    {
        using var channel = ((IHostEnvironment)_context).Start("Evaluation");
        var report = new FolderEvaluation(plan, labels, source, options).Run();
        channel.Info(MessageSensitivity.None, "{0}: {1} of {2} images counted", folder, report.CountedCount, report.ImageCount);
        if (report.Skipped is [.., var last])
            options.Reading.RequireShare(report.Skipped.Count, report.ImageCount + plan.Skipped.Count, $"'{folder}'", last.Reason);
        return report;
    }
}
