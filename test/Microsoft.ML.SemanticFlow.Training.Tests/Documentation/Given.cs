// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Documentation;

/// <summary>What pieces of code in docs and examples may name without declaring it. Files are those of <see cref="ProgramFolder"/>.</summary>
[SuppressMessage("Style", "IDE1006", Justification = "They stand for the local variables of whoever reads the page.")]
public static class Given
{
    /// <summary>The context.</summary>
    public static MLContext ml => field ??= new MLContext(seed: 1);

    /// <summary>A model of CamVid's 11 classes.</summary>
    public static SegmentationModel segmenter => field ??= SegmentationModel.Load("camvid.onnx");

    /// <summary>The mask of street.png by that model.</summary>
    public static SegmentationMask mask => field ??= segmenter.Predict("street.png");

    /// <summary>What street.png shows.</summary>
    public static SegmentationMask truth => field ??= SegmentationMask.Load("street-truth.png", LabelMaps.CamVid);

    /// <summary>All of what is known of street.png.</summary>
    public static SegmentationPrediction prediction => field ??=
        segmenter.PredictDetailed("street.png", PredictionDetails.Confidence | PredictionDetails.Probabilities | PredictionDetails.Image | PredictionDetails.Flow);

    /// <summary>Paths of images and labels to train on, and to validate on.</summary>
    public static IDataView train => field ??= ml.SemanticSegmentation.Data.CamVid("data/camvid", DatasetSplit.Train);

    /// <inheritdoc cref="train"/>
    public static IDataView val => field ??= ml.SemanticSegmentation.Data.CamVid("data/camvid", DatasetSplit.Validation);

    /// <summary>A count of one image.</summary>
    public static SegmentationEvaluation evaluation
    {
        get
        {
            var counted = new SegmentationEvaluation(LabelMaps.CamVid);
            counted.Add(truth, mask, "street.png");
            return counted;
        }
    }

    /// <summary>Its figures.</summary>
    public static SemanticSegmentationMetrics metrics => evaluation.Metrics;

    /// <summary>Reads, and trains a small network for an epoch.</summary>
    public static IEstimator<ITransformer> pipeline => ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options));

    /// <summary>An epoch of a small network.</summary>
    public static SemanticFlowTrainerOptions options => new() { Network = SegmentationNetworks.SFNetDF1, Epochs = 1, BatchSize = 2, CropHeight = 64, CropWidth = 64 };
}
