// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation;
using Microsoft.ML.SemanticFlow.Evaluation.Instances;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Compares predicted masks with the ground truth and counts. Adding two evaluations gives that of all their images, so that threads, shards and machines sum.</summary>
/// <remarks>
/// <para>The sum is the same to the last bit, whichever part an image was counted in and in whichever order parts were added.</para>
/// <para>
/// It remembers each image's counts, so that the worst can be found: 8 bytes for each pair of classes that occurs, and the name. With 30 pairs
/// and names of 40 characters that is 0.4 GB for a million images. Made with <c>keepImages: false</c>, it keeps the sums alone, whose size
/// does not grow. What <see cref="SegmentationEvaluationOptions"/> asks for beyond the counts is kept of each image too, and of the sum.
/// </para>
/// <para>Not thread-safe: give each thread its own and add them.</para>
/// </remarks>
public sealed partial class SegmentationEvaluation
{
    // Metrics divide in double, where whole numbers are exact up to here; no sum of counts overflows below.
    private const long MostPixels = 1L << 53;

    private static readonly Comparer<SegmentationImageResult> _order = Comparer<SegmentationImageResult>.Create(SegmentationImageResult.Compare);

    private readonly SegmentationConfusionMatrix _sum;
    private readonly SegmentationConfusionMatrix? _image;
    private readonly List<SegmentationImageResult>? _images;
    private readonly MeasureSet _measures;
    private readonly Int128[] _measured;
    private long _pixels;
    private SegmentationImageResult[]? _sorted;
    private SemanticSegmentationMetrics? _metrics;

    /// <summary>An empty evaluation, which remembers each image.</summary>
    /// <param name="labels">The classes.</param>
    public SegmentationEvaluation(LabelMap labels)
        : this(labels, new SegmentationEvaluationOptions())
    {
    }

    /// <summary>An empty evaluation.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="keepImages">Whether to remember the counts of each image.</param>
    public SegmentationEvaluation(LabelMap labels, bool keepImages)
        : this(labels, new SegmentationEvaluationOptions { KeepImages = keepImages })
    {
    }

    /// <summary>An empty evaluation.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="options">What to keep besides the confusion matrix.</param>
    /// <exception cref="ArgumentException">Suspects are asked for, and no images are kept to remember them of; or instances of Cityscapes, and the classes are others.</exception>
    public SegmentationEvaluation(LabelMap labels, SegmentationEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Suspects: not null, KeepImages: false })
            throw new ArgumentException("Suspects are remembered with their images. Keep images, or do not look for suspects.", nameof(options));
        _sum = new SegmentationConfusionMatrix(labels);
        if (options.CityscapesInstances && labels.FindDifference(CityscapesClass.Labels, "The evaluation", "the ids of Cityscapes") is { } difference)
            throw new ArgumentException($"{difference} Measure instances with {nameof(CityscapesMetrics)}.{nameof(CityscapesMetrics.Labels)}.", nameof(labels));
        Options = options;
        _measures = new MeasureSet(options, labels.ClassCount);
        _measured = new Int128[_measures.Length];
        if (options.KeepImages)
            (_image, _images) = (new SegmentationConfusionMatrix(labels), []);
    }

    /// <summary>The classes.</summary>
    public LabelMap Labels => _sum.Labels;

    /// <summary>What is kept besides the confusion matrix.</summary>
    public SegmentationEvaluationOptions Options { get; }

    /// <summary>How many images were counted.</summary>
    public long ImageCount { get; private set; }

    /// <summary>Whether the counts of each image are remembered.</summary>
    public bool KeepsImages => _images is not null;

    /// <summary>The metrics over the pixels of all images together.</summary>
    public SemanticSegmentationMetrics Metrics => _metrics ??= new SemanticSegmentationMetrics(_sum);

    /// <summary>How well borders are met, over all images together; null where it is not measured.</summary>
    public SegmentationBoundaryMetrics? Boundaries => _measures.Boundaries(_measured);

    /// <summary>What the wrong pixels of all images together are; null where it is not measured.</summary>
    public SegmentationErrorSplit? ErrorSplit => _measures.ErrorSplit(_measured);

    /// <summary>Whether the probabilities of all images together mean what they say; null where it is not measured.</summary>
    public SegmentationCalibration? Calibration => _measures.Calibration(_measured);

    /// <summary>What each image came to, as of now: by source, then by name, both in ordinal order and unnamed ones first, then by counts.</summary>
    /// <exception cref="InvalidOperationException">The evaluation does not keep images.</exception>
    public IReadOnlyList<SegmentationImageResult> Images => Array.AsReadOnly(Sorted());

    /// <summary>The metrics of each source, as of now, in ordinal order; images without a source are together, and first.</summary>
    /// <exception cref="InvalidOperationException">The evaluation does not keep images.</exception>
    public IReadOnlyList<SegmentationSourceResult> Sources => [.. Sorted().GroupBy(image => image.Source, StringComparer.Ordinal).Select(images =>
    {
        var counts = new SegmentationConfusionMatrix(Labels);
        var measured = new Int128[_measures.Length];
        foreach (var image in images)
            image.AddTo(counts, measured);
        return new SegmentationSourceResult(images.Key, images.Count(), new SemanticSegmentationMetrics(counts), _measures, measured);
    })];

    /// <summary>The number of images, and below it the table of <see cref="SemanticSegmentationMetrics.GetFormattedTable"/>.</summary>
    public override string ToString() => $"{ImageCount} images\n{Metrics}";

    /// <summary>The images from the worst mIoU to the best, each with the reason; those without a pixel that counts stand last.</summary>
    /// <exception cref="InvalidOperationException">The evaluation does not keep images.</exception>
    public IReadOnlyList<SegmentationRankedImage> RankImages() => Array.AsReadOnly(ImageRanking.Rank(Sorted(), _sum));

    /// <summary>Regions whose label may be wrong, the largest first; none where <see cref="SegmentationEvaluationOptions.Suspects"/> does not ask for them.</summary>
    /// <param name="most">How many at most: 0 or more.</param>
    /// <exception cref="InvalidOperationException">The evaluation does not keep images.</exception>
    public IReadOnlyList<SegmentationSuspectedLabel> GetSuspectedLabels(int most = 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return [.. Sorted().SelectMany(image => image.Suspects.Select(region => new SegmentationSuspectedLabel(image, region, Labels)))
            .OrderByDescending(suspect => suspect.Region.PixelCount).Take(most)];
    }

    /// <summary>Counts an image.</summary>
    /// <param name="truth">The ground truth; pixels whose id is no class do not count.</param>
    /// <param name="prediction">The prediction, of the same size; an id that is no class counts as wrong.</param>
    /// <param name="name">What the image is found by, such as its path; messages call it so.</param>
    /// <param name="source">The part of the data it belongs to, such as a city or a camera, for <see cref="Sources"/>.</param>
    /// <param name="evidence">What measures need besides the masks; null where none is asked for that does.</param>
    /// <exception cref="InvalidDataException">The sizes differ, a mask carries a label map of other classes, or the evidence is none of this image.</exception>
    /// <exception cref="ArgumentException">A measure needs evidence that is not given.</exception>
    public void Add(SegmentationMask truth, SegmentationMask prediction, string? name = null, string? source = null, SegmentationEvidence? evidence = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(prediction);
        if (_image is not null)
        {
            Add(Compare(truth, prediction, name, source, evidence));
            return;
        }

        var (measured, _) = Measure(truth, prediction, name, source, evidence);
        _sum.Add(truth.Ids, prediction.Ids);
        AddTo(_measured, measured);
        Count(images: 1, truth.Ids.Length);
    }

    /// <summary>What an image comes to, without counting it; of an evaluation that keeps images.</summary>
    internal SegmentationImageResult Compare(SegmentationMask truth, SegmentationMask prediction, string? name, string? source, SegmentationEvidence? evidence)
    {
        var (measured, suspects) = Measure(truth, prediction, name, source, evidence);
        _image!.Clear(); // images are kept
        _image.Add(truth.Ids, prediction.Ids);
        return new SegmentationImageResult(
            name, source, (int)_image.IgnoredCount, [.. _image.Occupied().Select(cell => new ImageCell(cell.Actual, cell.Predicted, (int)cell.Count))],
            _measures, measured, suspects);
    }

    /// <summary>Adds the images of another evaluation of the same classes.</summary>
    /// <param name="other">The other evaluation; it stays as it is.</param>
    /// <exception cref="ArgumentException">It has other classes, measures other things, or keeps no images where this one does.</exception>
    public void Add(SegmentationEvaluation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Labels.FindDifference(other.Labels, "This evaluation", "the other") is { } difference)
            throw new ArgumentException($"{difference} Add evaluations of one label map.", nameof(other));
        if (KeepsImages && !other.KeepsImages)
            throw new ArgumentException("The other evaluation does not keep images, and this one does. Make both with keepImages: true, or this one without.", nameof(other));
        string own = EvaluationFile.Describe(Options with { KeepImages = true }), others = EvaluationFile.Describe(other.Options with { KeepImages = true });
        if (own != others)
            throw new ArgumentException($"The other evaluation measures {others}, and this one {own}. Make both with the same options.", nameof(other));
        if (other._pixels > MostPixels - _pixels)
            throw new ArgumentException($"The two evaluations have more than {MostPixels} pixels together, which are not counted exactly. Keep them apart.", nameof(other));

        _sum.Add(other._sum);
        AddTo(_measured, other._measured);
        _images?.AddRange(other._images!); // it keeps images, or it was refused
        Count(other.ImageCount, other._pixels);
    }

    /// <summary>Adds the counts of other processes; for an evaluation that keeps neither images nor measures.</summary>
    /// <param name="sum">Replaces numbers by their sums over the processes.</param>
    internal void SumOver(Action<long[]> sum)
    {
        long[] counts = [ImageCount, _pixels];
        sum(counts);
        sum(_sum.Cells);
        (ImageCount, _pixels, _metrics) = (counts[0], counts[1], null);
    }

    internal (double Count, double Hit, double OfCategory) InstancesOf(int id) => _measures.InstancesOf(_measured, id);

    /// <summary>Counts an image that another evaluation of the same classes and measures compared.</summary>
    internal void Add(SegmentationImageResult image)
    {
        image.AddTo(_sum, _measured);
        _images?.Add(image);
        Count(images: 1, image.PixelCount);
    }

    private (Int128[] Measured, SegmentationSuspect[] Suspects) Measure(
        SegmentationMask truth, SegmentationMask prediction, string? name, string? source, SegmentationEvidence? evidence)
    {
        if ((truth.Height, truth.Width) != (prediction.Height, prediction.Width))
            throw new InvalidDataException(
                $"The predicted mask{Of(name, source)} is {prediction.Height} x {prediction.Width} pixels (height x width), its label {truth.Height} x {truth.Width}. " +
                "They must be of one size: resize one to the other.");
        CheckClasses(truth, "label", name, source);
        CheckClasses(prediction, "predicted mask", name, source);
        if (!_measures.Any)
            return ([], []);
        var image = new MeasuredImage(truth.Height, truth.Width, Labels.ClassCount, truth.Ids, prediction.Ids, evidence, Of(name, source));
        return (_measures.Measure(image), _measures.FindSuspects(image));
    }

    private void Count(long images, long pixels)
    {
        ImageCount += images;
        _pixels += pixels;
        (_sorted, _metrics) = (null, null);
    }

    private static void AddTo(Int128[] sum, Int128[] numbers)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += numbers[i];
    }

    private SegmentationImageResult[] Sorted() => _images is null
        ? throw new InvalidOperationException("This evaluation does not keep images. Make it with keepImages: true.")
        : _sorted ??= [.. _images.Order(_order)];

    private void CheckClasses(SegmentationMask mask, string what, string? name, string? source)
    {
        if (mask.Labels?.FindDifference(Labels, $"The {what}{Of(name, source)}", "the evaluation") is { } difference)
            throw new InvalidDataException($"{difference} Read labels and predictions with one label map.");
    }

    private static string Of(string? name, string? source) => (name, source) switch
    {
        (null, null) => "",
        (null, _) => $" of an image of '{source}'",
        (_, null) => $" of '{name}'",
        _ => $" of '{name}' of '{source}'",
    };
}
