// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Which crops an epoch has: those of images drawn evenly and, for a share of it, as many around centroids of each class.</summary>
internal sealed class CropSampler
{
    private readonly PlannedCrop[] _images;
    private readonly PlannedCrop[][] _byClass = [];

    /// <summary>Crops of every image once an epoch.</summary>
    /// <param name="samples">Samples of the data set.</param>
    public CropSampler(int samples)
    {
        _images = [.. Enumerable.Range(0, samples).Select(sample => new PlannedCrop(sample, Around: null))];
        ImagesDrawn = Count = samples;
    }

    /// <summary>Crops of which a share is balanced over classes.</summary>
    /// <param name="samples">Samples of the data set.</param>
    /// <param name="fraction">The share, in [0, 1]; rounded down to as many crops of each class.</param>
    /// <param name="centroids">Where the classes lie. A class without centroids adds nothing: the epoch is shorter by its crops.</param>
    public CropSampler(int samples, double fraction, ClassCentroids centroids)
        : this(samples)
    {
        PerClass = (int)(samples * fraction / centroids.ClassCount);
        ImagesDrawn = samples - PerClass * centroids.ClassCount;
        _byClass = [.. Enumerable.Range(0, centroids.ClassCount).Select(classId => centroids[classId].ToArray()).Where(crops => crops.Length > 0)];
        Count = ImagesDrawn + PerClass * _byClass.Length;
    }

    /// <summary>Crops of an epoch.</summary>
    public int Count { get; }

    /// <summary>Of these, crops anywhere in an image.</summary>
    public int ImagesDrawn { get; }

    /// <summary>Of these, crops around centroids of each class that has some.</summary>
    public int PerClass { get; }

    /// <summary>Draws an epoch. Of images and of each class's centroids, none comes a second time before all have come once.</summary>
    public PlannedCrop[] Draw(Random random)
    {
        var crops = new PlannedCrop[Count];
        Draw(_images, crops.AsSpan(0, ImagesDrawn), random);
        for (int i = 0; i < _byClass.Length; i++)
            Draw(_byClass[i], crops.AsSpan(ImagesDrawn + i * PerClass, PerClass), random);
        random.Shuffle(crops);
        return crops;
    }

    private static void Draw(PlannedCrop[] from, Span<PlannedCrop> to, Random random)
    {
        var shuffled = from.ToArray();
        random.Shuffle(shuffled);
        for (int i = 0; i < to.Length; i++)
            to[i] = shuffled[i % shuffled.Length];
    }
}
