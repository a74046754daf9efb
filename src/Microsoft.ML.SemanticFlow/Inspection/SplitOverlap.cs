// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>Images that stand in two splits: the same file, or frames of one video that are nearly the same.</summary>
internal static partial class SplitOverlap
{
    private const int MostDistance = 4; // of 255; frames of CamVid a fifteenth of a second apart differ by less, those a second apart by more

    public static void Find(List<InspectedImage> images, List<DatasetFinding> findings)
    {
        FindSame(images, findings);
        FindNeighbors(images, findings);
    }

    private static void FindSame(List<InspectedImage> images, List<DatasetFinding> findings)
    {
        foreach (var alike in images.Where(image => image.IsRead).GroupBy(image => image.Mark).Where(group => group.Count() > 1))
        {
            var firsts = new List<InspectedImage>();
            foreach (var other in alike)
            {
                if (firsts.Find(other.HasBytesOf) is not { } first)
                {
                    firsts.Add(other);
                    continue;
                }

                bool isOneSplit = first.Split == other.Split;
                string what = isOneSplit ? $"twice in {first.Split}" : $"in {first.Split} and in {other.Split}";
                string remedy = isOneSplit ? "It counts twice; leave one out." : "What is learnt of it is measured with it: leave one out.";
                findings.Add(new DatasetFinding(DatasetFindingKind.SameImage,
                    $"One image is {what}: '{first.Sample.ImagePath}' and '{other.Sample.ImagePath}' are the same file. {remedy}")
                {
                    Split = isOneSplit ? first.Split : null,
                    Path = first.Sample.ImagePath,
                    OtherPath = other.Sample.ImagePath,
                    IsNote = isOneSplit,
                });
            }
        }
    }

    private static void FindNeighbors(List<InspectedImage> images, List<DatasetFinding> findings)
    {
        if (images.Select(image => image.Split).Distinct().Count() < 2)
            return;
        var frames = images.Where(image => image.IsRead).Select(image =>
            (Image: image, Match: Frame().Match(Path.GetFileNameWithoutExtension(image.Sample.ImagePath)))).Where(frame => frame.Match.Success);
        foreach (var video in frames.GroupBy(frame => frame.Match.Groups["before"].Value + "\0" + frame.Match.Groups["after"].Value))
        {
            var ordered = video.OrderBy(frame => decimal.Parse(frame.Match.Groups["number"].Value, CultureInfo.InvariantCulture)).Select(frame => frame.Image).ToArray();
            foreach (var (one, next) in ordered.Zip(ordered.Skip(1)))
            {
                if (one.Split == next.Split || one.HasBytesOf(next) || one.DistanceTo(next) > MostDistance)
                    continue;
                findings.Add(new DatasetFinding(
                    DatasetFindingKind.SimilarNeighbors,
                    $"'{one.Sample.ImagePath}' of {one.Split} and '{next.Sample.ImagePath}' of {next.Split} follow one another and are nearly the same: " +
                    "figures come out too good. Keep a video in one split.")
                { Path = one.Sample.ImagePath, OtherPath = next.Sample.ImagePath });
            }
        }
    }

    // The last number of two digits or more, with single digits behind it as in _leftImg8bit; else the last digit.
    [GeneratedRegex(
        "^((?<before>.*?)(?<![0-9])(?<number>[0-9]{2,20})(?<after>([^0-9]|(?<![0-9])[0-9](?![0-9]))*)|(?<before>.*?)(?<number>[0-9])(?<after>[^0-9]*))$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Frame();
}
