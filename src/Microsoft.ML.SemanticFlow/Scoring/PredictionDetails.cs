// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a prediction gives besides the mask.</summary>
[Flags]
public enum PredictionDetails
{
    /// <summary>The mask alone.</summary>
    None = 0,

    /// <summary>The probability of each pixel's class: 4 bytes a pixel.</summary>
    Confidence = 1,

    /// <summary>The probability of every class at each pixel: 4 bytes a pixel and class, 160 MB for 19 classes at 1024 x 2048.</summary>
    Probabilities = 2,

    /// <summary>The decoded image, for <see cref="SegmentationPrediction.SaveOverlay(string, double, PictureFormat?)"/>: 4 bytes a pixel.</summary>
    Image = 4,

    /// <summary>The learned flow field, where <see cref="SegmentationModel.HasFlow"/>: a second run of the network, whose weights are then held twice.</summary>
    Flow = 8,
}
