// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A training run: what is learnt, on what, and how. Immutable; vary one with <c>options with { Epochs = 60 }</c>.</summary>
/// <remarks>
/// The defaults are those of the papers, for street scenes of 1024 x 2048 pixels. Each choice, such as <see cref="Loss"/>,
/// <see cref="Optimizer"/> or <see cref="Schedule"/>, carries its own numbers: <c>Optimizer = new AdamW { LearningRate = 1e-3 }</c>.
/// </remarks>
/// <example>
/// <code>
/// var options = new SemanticFlowTrainerOptions
/// {
///     Network = SegmentationNetworks.SFNetDF1, Epochs = 60, CropHeight = 320, CropWidth = 320, BatchSize = 8,
///     Optimizer = new AdamW(), Loss = new CrossEntropyLoss(),
///     ValidationSet = val, Run = new TrainingRun("runs/mine"), Progress = new ConsoleTrainingProgress(),
/// };
/// var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options)).Fit(train);
/// </code>
/// </example>
public sealed record SemanticFlowTrainerOptions
{
    /// <summary>The column of images, of type <c>MLImage</c>. Default <c>Image</c>.</summary>
    [Fingerprint(null)]
    public string ImageColumnName { get; init => field = Check.Column(value); } = "Image";

    /// <summary>The column of masks, of type <see cref="SegmentationMask"/>. Default <c>Label</c>.</summary>
    [Fingerprint(null)]
    public string LabelColumnName { get; init => field = Check.Column(value); } = "Label";

    /// <summary>The column that the trained model adds. Default <c>PredictedLabel</c>.</summary>
    [Fingerprint(null)]
    public string PredictedLabelColumnName { get; init => field = Check.Column(value); } = "PredictedLabel";

    /// <summary>The classes, and ids count whatever the columns say; null takes them from the label column, where <c>LoadMasks</c> leaves them.</summary>
    [Fingerprint(null)]
    public LabelMap? Labels { get; init; }

    /// <summary>
    /// How gray PNG images of 16 bits are read, as the image column was loaded; the model says it to whoever scores. Default <see
    /// cref="Gray16.Scale"/>.
    /// </summary>
    public Gray16 Gray16 { get; init => field = Check.Defined(value); }

    /// <summary>
    /// Whether a class may have no pixel in any training mask. Default false: it is refused, for it would never be learnt, and most often the
    /// label map is not that of the masks.
    /// </summary>
    [Fingerprint(null)]
    public bool AllowEmptyClasses { get; init; }

    /// <summary>Which network. Default <see cref="SegmentationNetworks.SFNetDF1"/>.</summary>
    [Fingerprint(nameof(Network), IsEntry = true)]
    public SegmentationNetworkInfo Network { get; init => field = Check.NotNull(value); } = SegmentationNetworks.SFNetDF1;

    /// <summary>
    /// A checkpoint of the whole network to start from, or the folder of a training run; null starts from random weights. Where the file names
    /// its classes, classifiers are brought into the order of the training set's names, and start from random weights where the names are
    /// others. Of a file that does not name them, as many classes are taken in their order. Read when a run begins, not when it is resumed.
    /// </summary>
    [Fingerprint(null)]
    public string? InitialWeights { get; init; }

    /// <summary>
    /// Which weights to take where <see cref="InitialWeights"/> holds several, such as a moving average: a key that leads to them (<c>ema</c>, <c>state_dict_ema</c>) or a
    /// word before their names (<c>model</c>). Null, the default, takes the first, moving averages last; the log says which were taken.
    /// </summary>
    [Fingerprint(null)]
    public string? CheckpointKey { get; init; }

    /// <summary>
    /// The backbone's weights for ImageNet to start from: <c>imagenet</c> for those that a package brings (<see cref="SegmentationNetworkInfo.ImageNetPackage"/>), or
    /// a file, the authors' for the backbone (such as <c>resnet18-deep-inplane128.pth</c>) or torchvision's; null starts from random weights.
    /// Read when a run begins, not when it is resumed.
    /// </summary>
    [Fingerprint(null)]
    public string? BackboneWeights { get; init; }

    /// <summary>How often each training image is seen. Default 180. A run may be made longer when it goes on.</summary>
    [Fingerprint(null)]
    public int Epochs { get; init => field = Check.AtLeast(value, 1); } = 180;

    /// <summary>
    /// The time that the run may take, over all its starts, from the call of <c>Fit</c> on; null, the default, for no limit. When it is up,
    /// training ends within a step, and the last validation follows. The schedule is laid over the time where that ends the run before
    /// <see cref="Epochs"/> does, so that the rate is small at the end, however fast the machine.
    /// </summary>
    /// <remarks>The clock is no part of what a seed fixes: two such runs, or a resumed one, differ in their last digits.</remarks>
    [Fingerprint(null)]
    public TimeSpan? MaxTrainingTime { get; init => field = Check.Positive(value); }

    /// <summary>Crops a step, at least 2, which batch normalisation needs. Default 8.</summary>
    public int BatchSize { get; init => field = Check.AtLeast(value, 2); } = 8;

    /// <summary>Rows of a training crop, a positive multiple of 32. Smaller images are padded. Default 1024.</summary>
    public int CropHeight { get; init => field = Check.MultipleOf(value, 32); } = 1024;

    /// <summary>Columns of a training crop, a positive multiple of 32. Default 1024.</summary>
    public int CropWidth { get; init => field = Check.MultipleOf(value, 32); } = 1024;

    /// <summary>What training makes small. Default <see cref="OhemCrossEntropyLoss"/>.</summary>
    public SegmentationLoss Loss { get; init => field = Check.NotNull(value); } = new OhemCrossEntropyLoss();

    /// <summary>A second loss, added to the first; null for none.</summary>
    public AddedLoss? AddedLoss { get; init; }

    /// <summary>Weights of the auxiliary losses of networks with deep supervision, coarse to fine; the last stands for all further ones. Default 1.</summary>
    /// <remarks><c>[0.4, 0]</c> with an <see cref="OhemCrossEntropyLoss.MinKept"/> of 10000 is OhemWithAux of the authors' code.</remarks>
    public IReadOnlyList<double> DeepSupervisionWeights { get; init => field = Check.Weights(value); } = [1];

    /// <summary>What turns gradients into steps. Default <see cref="Sgd"/>.</summary>
    public TrainingOptimizer Optimizer { get; init => field = Check.NotNull(value); } = new Sgd();

    /// <summary>How the learning rate goes over the run. Default <see cref="PolySchedule"/>.</summary>
    public LearningRateSchedule Schedule { get; init => field = Check.NotNull(value); } = new PolySchedule();

    /// <summary>
    /// Whether batch norms use and keep the statistics that they start with, as with <see cref="InitialWeights"/> and small batches; their
    /// scale and shift are learnt all the same. Default false.
    /// </summary>
    public bool FreezeBatchNorm { get; init; }

    /// <summary>
    /// How much of a moving average of the weights stays at a step, in [0, 1), such as 0.999; the average is what is validated, kept and
    /// exported. Null keeps none. Default null.
    /// </summary>
    public double? WeightAverageDecay { get; init => field = Check.BelowOne(value); }

    /// <summary>How training crops vary.</summary>
    public TrainingAugmentation Augmentation { get; init => field = Check.NotNull(value); } = new();

    /// <summary>Draws a share of the crops around each class in turn; null draws every image once an epoch. Default null.</summary>
    [Fingerprint("ClassUniformFraction", Absent = "0")]
    public ClassUniformSampling? Sampling { get; init; }

    /// <summary>How often images of each source are drawn, where the training set has the column Source; null draws all as often. Default null.</summary>
    /// <remarks>
    /// An epoch has as many crops as the training set has images: of a source that weighs 2, each image comes twice as often as of one that
    /// weighs 1, as sources do that are not named. Class-uniform crops are drawn over all sources, with the same weights.
    /// </remarks>
    /// <exception cref="ArgumentException">A source is named twice.</exception>
    [Fingerprint(nameof(SourceWeights), IsEntry = true, Absent = "nothing")]
    public IReadOnlyList<SegmentationDatasetSource>? SourceWeights { get; init => field = value is { Count: > 0 } ? Check.Apart(value, source => source.Id) : null; }

    /// <summary>What mIoU is measured on and the best weights are chosen by; null keeps the last weights.</summary>
    /// <remarks>
    /// It holds the image and the label column, or the columns ImagePath and LabelPath of a dataset reader. Label files are then read as their
    /// paths say, and where they do not, as those of the training set. Paths pass by all other transforms of the pipeline: where it changes
    /// images or masks before the trainer, give the columns made by the same transforms. Where it brings images to one size, an image of
    /// another size is refused.
    /// </remarks>
    [Fingerprint(null)]
    public IDataView? ValidationSet { get; init; }

    /// <summary>Validate after every so many epochs, and after the last. Default 1.</summary>
    [Fingerprint(null)]
    public int ValidationInterval { get; init => field = Check.AtLeast(value, 1); } = 1;

    /// <summary>Training ends after so many validations in a row without a better mIoU; null trains all epochs. Default null.</summary>
    [Fingerprint(null)]
    public int? EarlyStoppingPatience { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>
    /// The ratio that images are resized by when they are validated, and when the exported model scores them, from 0.1 to 4: small things are found
    /// better in enlarged images, large images are scored faster when shrunken. <see cref="TrainingAugmentation.ScaleMin"/> and <see
    /// cref="TrainingAugmentation.ScaleMax"/> should lie around it. Default 1.
    /// </summary>
    [Fingerprint(null)]
    public double InferenceScale { get; init => field = Check.Within(value, ModelDescription.SmallestScale, ModelDescription.LargestScale); } = 1;

    /// <summary>A folder for checkpoints, the log and the exported model; null keeps everything in memory.</summary>
    [Fingerprint(null)]
    public TrainingRun? Run { get; init; }

    /// <summary>Number format, threads and memory.</summary>
    [Fingerprint(null)]
    public TrainingExecution Execution { get; init => field = Check.NotNull(value); } = new();

    /// <summary>
    /// What becomes of rows whose files cannot be read, or do not hold what they should, in any epoch. The default stops at the first.
    /// </summary>
    /// <remarks>
    /// Of these options, the rule, the share and <see cref="ReadingOptions.Skipped"/> count here; files are listed and checked by the
    /// readers of data sets.
    /// </remarks>
    [Fingerprint(null)]
    public ReadingOptions Reading { get; init => field = Check.NotNull(value); } = new();

    /// <summary>Told after every step, validated image and epoch; null for none.</summary>
    [Fingerprint(null)]
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Stops training within a step. <c>Fit</c> then returns the best weights so far (without a validation set, the latest),
    /// or throws <see cref="OperationCanceledException"/> when no epoch is complete.
    /// </summary>
    [Fingerprint(null)]
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Why these options were chosen, a sentence each without a full stop, where <c>Auto</c> chose them. They are logged, and kept in the run's record.</summary>
    [Fingerprint(null)]
    public IReadOnlyList<string> Reasons { get; init => field = Check.NotNull(value); } = [];

    /// <summary>Fixes initial weights, order and augmentation; null takes the seed of the <c>MLContext</c>.</summary>
    [Fingerprint(null)]
    public int? Seed { get; init; }
}
