// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Which crops an epoch has: those of images drawn evenly or by their sources' weights and, for a share of it, as many around centroids of each class.</summary>
internal sealed class CropSampler
{
    private readonly WeightedCrops _images;
    private readonly WeightedCrops[] _byClass = [];

    /// <summary>Crops of as many images as there are; where none weighs more than another, of each image once an epoch.</summary>
    /// <param name="samples">Samples of the data set.</param>
    /// <param name="weightOf">How often a sample is drawn, against another; null for all as often.</param>
    public CropSampler(int samples, Func<int, double>? weightOf = null)
    {
        _images = new WeightedCrops(Enumerable.Range(0, samples).Select(sample => new PlannedCrop(sample, Around: null)), weightOf);
        ImagesDrawn = Count = samples;
    }

    /// <summary>Crops of which a share is balanced over classes.</summary>
    /// <param name="samples">Samples of the data set.</param>
    /// <param name="fraction">The share, in [0, 1]; rounded down to as many crops of each class.</param>
    /// <param name="centroids">Where the classes lie. A class without centroids adds nothing: the epoch is shorter by its crops.</param>
    /// <param name="weightOf">How often a sample, or a centroid in it, is drawn, against another; null for all as often.</param>
    public CropSampler(int samples, double fraction, ClassCentroids centroids, Func<int, double>? weightOf = null)
        : this(samples, weightOf)
    {
        PerClass = (int)(samples * fraction / centroids.ClassCount);
        ImagesDrawn = samples - PerClass * centroids.ClassCount;
        _byClass =
        [
            .. Enumerable.Range(0, centroids.ClassCount).Select(classId => centroids[classId]).Where(crops => crops.Count > 0)
                .Select(crops => new WeightedCrops(crops, weightOf)),
        ];
        Count = ImagesDrawn + PerClass * _byClass.Length;
    }

    /// <summary>Crops of an epoch.</summary>
    public int Count { get; }

    /// <summary>Of these, crops anywhere in an image.</summary>
    public int ImagesDrawn { get; }

    /// <summary>Of these, crops around centroids of each class that has some.</summary>
    public int PerClass { get; }

    /// <summary>Draws an epoch. Of images of one weight and of each class's centroids in them, none comes a second time before all have come once.</summary>
    public PlannedCrop[] Draw(Random random)
    {
        var crops = new PlannedCrop[Count];
        _images.Draw(crops.AsSpan(0, ImagesDrawn), random);
        for (int i = 0; i < _byClass.Length; i++)
            _byClass[i].Draw(crops.AsSpan(ImagesDrawn + i * PerClass, PerClass), random);
        random.Shuffle(crops);
        return crops;
    }
}
