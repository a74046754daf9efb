// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Two evaluations beside each other: what the second has more of than the first.</summary>
internal sealed class ComparisonContent
{
    private ComparisonContent(ReportContent first, ReportContent second, string firstName, string secondName, IReadOnlyList<Pair> images)
    {
        (First, Second, FirstName, SecondName, Images) = (first, second, firstName, secondName, images);
        if (Unpaired == 0 && first.Intervals is not null && second.Intervals is not null)
            Drawn = SegmentationComparison.Compare(second.Evaluation!, first.Evaluation!); // they have intervals
    }

    /// <summary>An image that both evaluations counted.</summary>
    public sealed record Pair(string Name, double First, double Second)
    {
        public double Difference => Second - First;
    }

    public ReportContent First { get; }

    public ReportContent Second { get; }

    /// <summary>What the first is called, such as its file: titles of two models may be the same.</summary>
    public string FirstName { get; }

    public string SecondName { get; }

    public LabelMap Labels => First.Labels;

    /// <summary>The images that both have, by name; empty where one of them does not remember its images.</summary>
    public IReadOnlyList<Pair> Images { get; }

    /// <summary>The differences over draws of the images, the second less the first; null where the images are not the same, or not remembered.</summary>
    public SegmentationComparison? Drawn { get; }

    public double MeanIoU => Second.Metrics.MeanIoU - First.Metrics.MeanIoU;

    /// <summary>How many images one has and the other has not.</summary>
    public long Unpaired => First.Kept is null || Second.Kept is null ? 0 : First.Kept.ImageCount + Second.Kept.ImageCount - 2 * Images.Count;

    public double IoU(int id) => Second.Metrics.PerClassIoU[id] - First.Metrics.PerClassIoU[id];

    /// <exception cref="InvalidDataException">They are of other classes, or share no image.</exception>
    public static ComparisonContent Of(ReportContent first, ReportContent second, string firstName, string secondName)
    {
        if (first.Labels.FindDifference(second.Labels, $"'{firstName}'", $"'{secondName}'") is { } difference)
            throw new InvalidDataException($"{difference} Compare evaluations of one label map.");
        if (first.Kept is not { } one || second.Kept is not { } other)
            return new ComparisonContent(first, second, firstName, secondName, []);
        var found = other.Images.Where(image => image.Name is not null).GroupBy(Key).ToDictionary(images => images.Key, images => images.First());
        Pair[] pairs =
        [
            .. one.Images.Where(image => image.Name is not null && found.ContainsKey(Key(image)))
                .Select(image => new Pair(image.Name!, image.MeanIoU, found[Key(image)].MeanIoU)).DistinctBy(pair => pair.Name),
        ];
        if (pairs.Length == 0)
            throw new InvalidDataException(
                $"'{firstName}' and '{secondName}' share no image: the first has {Example(one)}, the second {Example(other)}. " +
                "Evaluate both on the same labels.");
        return new ComparisonContent(first, second, firstName, secondName, pairs);

        static string Example(SegmentationEvaluation evaluation) => evaluation.Images is [var image, ..] ? $"such as '{image.Name}'" : "none";

        static (string? Source, string? Name) Key(SegmentationImageResult image) => (image.Source, image.Name);
    }
}
