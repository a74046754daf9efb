// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Every number of a training run. Immutable; vary one with <c>options with { Epochs = 60 }</c>.</summary>
/// <remarks>The defaults are those of the papers, for street scenes of 1024 x 2048 pixels.</remarks>
public sealed partial record SemanticFlowTrainerOptions
{
    /// <summary>The column of images, of type <c>MLImage</c>. Default <c>Image</c>.</summary>
    public string ImageColumnName { get; init => field = Check.Column(value); } = "Image";

    /// <summary>The column of masks, of type <see cref="SegmentationMask"/>. Default <c>Label</c>.</summary>
    public string LabelColumnName { get; init => field = Check.Column(value); } = "Label";

    /// <summary>The column that the trained model adds. Default <c>PredictedLabel</c>.</summary>
    public string PredictedLabelColumnName { get; init => field = Check.Column(value); } = "PredictedLabel";

    /// <summary>The classes; null takes them from the label column, where <c>LoadMasks</c> leaves them.</summary>
    public LabelMap? Labels { get; init; }

    /// <summary>Which network. Default <see cref="SegmentationNetworks.SFNetDF1"/>.</summary>
    public SegmentationNetworkInfo Network { get; init => field = Check.NotNull(value); } = SegmentationNetworks.SFNetDF1;

    /// <summary>
    /// A checkpoint of the whole network to start from, or the folder of a training run; null starts from random weights. Classifiers of other
    /// classes start from random weights all the same. Read when a run begins, not when it is resumed.
    /// </summary>
    public string? InitialWeights { get; init; }

    /// <summary>
    /// The backbone's weights for ImageNet to start from, in the authors' file for it (such as <c>resnet18-deep-inplane128.pth</c>); null starts from
    /// random weights. Read when a run begins, not when it is resumed.
    /// </summary>
    public string? BackboneWeights { get; init; }

    /// <summary>How often each training image is seen. Default 180.</summary>
    public int Epochs { get; init => field = Check.AtLeast(value, 1); } = 180;

    /// <summary>Crops a step, at least 2, which batch normalisation needs. Default 8.</summary>
    public int BatchSize { get; init => field = Check.AtLeast(value, 2); } = 8;

    /// <summary>Rows of a training crop, a positive multiple of 32. Smaller images are padded. Default 1024.</summary>
    public int CropHeight { get; init => field = Check.MultipleOf(value, 32); } = 1024;

    /// <summary>Columns of a training crop, a positive multiple of 32. Default 1024.</summary>
    public int CropWidth { get; init => field = Check.MultipleOf(value, 32); } = 1024;

    /// <summary>The loss. Default <see cref="SegmentationLossKind.OhemCrossEntropy"/>.</summary>
    public SegmentationLossKind Loss { get; init => field = Check.Defined(value); } = SegmentationLossKind.OhemCrossEntropy;

    /// <summary>A pixel is hard while the probability of its true class is at most this. Default 0.7.</summary>
    public double OhemThreshold { get; init => field = Check.Within(value, 0, 1); } = 0.7;

    /// <summary>At least this many pixels of a batch are kept as hard. Default 100000.</summary>
    public int OhemMinKept { get; init => field = Check.AtLeast(value, 0); } = 100_000;

    /// <summary>Pixels that labels reach beyond a border in <see cref="SegmentationLossKind.BoundaryRelaxedCrossEntropy"/>. Default 1.</summary>
    public int BoundaryWindow { get; init => field = Check.Within(value, 0, 32); } = 1;

    /// <summary>Epochs until boundary relaxation ends: the window is halved then and borders count twice, as in the authors' code. Null relaxes to the end.</summary>
    public int? BoundaryRelaxedEpochs { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>Names of classes whose pixels are never relaxed, such as thin ones. Default none.</summary>
    public IReadOnlyList<string> StrictBoundaryClasses { get; init => field = Check.NotNull(value); } = [];

    /// <summary>In image-weighted and boundary-relaxed cross entropy, a class that hardly occurs in an image weighs 1 + this there. Default 1.</summary>
    public double ImageWeightBound { get; init => field = Check.NotNegative(value); } = 1;

    /// <summary>Whether those weights are made from the whole batch instead of each image. Default false.</summary>
    public bool WeighOverBatch { get; init; }

    /// <summary>How fast easy pixels fade in the focal loss; 0 is cross entropy. Default 2.</summary>
    public double FocalGamma { get; init => field = Check.Within(value, 0, 10); } = 2;

    /// <summary>A second loss, added to the first: for example Lovász-softmax beside cross entropy. Null for none.</summary>
    public SegmentationLossKind? AddedLoss { get; init => field = Check.Defined(value); }

    /// <summary>The weight of <see cref="AddedLoss"/>. Default 1.</summary>
    public double AddedLossWeight { get; init => field = Check.Positive(value); } = 1;

    /// <summary>Weights of the auxiliary losses of networks with deep supervision, coarse to fine; the last stands for all further ones. Default 1.</summary>
    /// <remarks><c>[0.4, 0]</c> with an <see cref="OhemMinKept"/> of 10000 is OhemWithAux of the authors' code.</remarks>
    public IReadOnlyList<double> DeepSupervisionWeights { get; init => field = Check.Weights(value); } = [1];

    /// <summary>How much a pixel of each class counts in the loss. Default <see cref="ClassWeighting.None"/>.</summary>
    public ClassWeighting ClassWeighting { get; init => field = Check.Defined(value); }

    /// <summary>The smallest random scale of an image and its mask, before cropping. Default 0.5.</summary>
    public double ScaleMin { get; init => field = Check.Within(value, 0.05, 20); } = 0.5;

    /// <summary>The largest random scale of an image and its mask, before cropping. Default 2.</summary>
    public double ScaleMax { get; init => field = Check.Within(value, 0.05, 20); } = 2;

    /// <summary>How often an image is mirrored left to right. Default 0.5.</summary>
    public double FlipProbability { get; init => field = Check.Within(value, 0, 1); } = 0.5;

    /// <summary>Brightness, contrast and saturation change by a random factor from 1 - this to 1 + this. Default 0.25.</summary>
    public double ColorJitter { get; init => field = Check.Within(value, 0, 1); } = 0.25;

    /// <summary>The hue turns by a random share of a full turn, from minus this to this. Default 0; the authors' code uses 0.25.</summary>
    public double HueJitter { get; init => field = Check.Within(value, 0, 0.5); }

    /// <summary>Whether images are blurred by a random amount, sigma 0.15 to 1.3 pixels. Default false.</summary>
    public bool GaussianBlur { get; init; }

    /// <summary>What mIoU is measured on and the best weights are chosen by; null keeps the last weights.</summary>
    /// <remarks>
    /// It holds the image and the label column, or the columns ImagePath and LabelPath of a dataset reader. Label files are then read as their
    /// paths say, and where they do not, as those of the training set. Paths pass by all other transforms of the pipeline: where it changes
    /// images or masks before the trainer, give the columns made by the same transforms. Where it brings images to one size, an image of
    /// another size is refused.
    /// </remarks>
    public IDataView? ValidationSet { get; init; }

    /// <summary>Validate after every so many epochs, and after the last. Default 1.</summary>
    public int ValidationInterval { get; init => field = Check.AtLeast(value, 1); } = 1;

    /// <summary>Told after every step, validated image and epoch; null for none.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Stops training within a step. <c>Fit</c> then returns the best weights so far (without a validation set, the latest),
    /// or throws <see cref="OperationCanceledException"/> when no epoch is complete.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Fixes initial weights, order and augmentation; null takes the seed of the <c>MLContext</c>.</summary>
    public int? Seed { get; init; }

    /// <summary>The number format of the convolutions. Default <see cref="TrainingPrecision.Auto"/>.</summary>
    public TrainingPrecision Precision { get; init => field = Check.Defined(value); }

    /// <summary>Whether weights and features lie channels-last in memory; null does so together with bfloat16.</summary>
    public bool? ChannelsLast { get; init; }

    /// <summary>Threads of the network's arithmetic; null uses every processor. The same value is needed for the same weights.</summary>
    public int? Threads { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>Threads that augment images ahead of the step, and as many that decode them where they are not kept in memory; null uses one less than there are processors, at least 1.</summary>
    public int? LoaderThreads { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>Decoded images and masks are kept in memory up to this many MiB; a larger set is read anew each epoch. Default 2048.</summary>
    public int CacheMegabytes { get; init => field = Check.AtLeast(value, 0); } = 2048;

    /// <summary>A folder for checkpoints, the log and the exported model, made when missing; null keeps everything in memory.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>Whether to go on from the last checkpoint of <see cref="RunDirectory"/>, where there is one. Default false.</summary>
    public bool Resume { get; init; }
}
