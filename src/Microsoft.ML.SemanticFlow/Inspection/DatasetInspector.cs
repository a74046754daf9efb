// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>Looks at every file of a data set once, on all cores, and keeps little of each.</summary>
internal sealed class DatasetInspector
{
    private const int MostExamples = 3; // of a class
    private static readonly string[] _backgrounds = ["background", "_background_", "unlabeled", "unlabelled", "void", "other", "nothing", "none"];

    private static readonly string[] _jpegEndings = [".jpg", ".jpeg", ".JPG", ".JPEG"];

    private readonly SegmentationDatasetInfo _dataset;
    private readonly string _root;
    private readonly DatasetInspectionOptions _options;
    private readonly List<DatasetFinding> _findings = [];
    private readonly List<InspectedImage> _images = [];
    private readonly HashSet<string> _listed = [];

    private DatasetInspector(SegmentationDatasetInfo dataset, string root, DatasetInspectionOptions options) => (_dataset, _root, _options) = (dataset, root, options);

    /// <exception cref="DirectoryNotFoundException">No split is there.</exception>
    public static DatasetInspection Run(SegmentationDatasetInfo dataset, string root, DatasetInspectionOptions options) => new DatasetInspector(dataset, root, options).Run();

    private DatasetInspection Run()
    {
        var labels = _options.Labels ?? _dataset.ReadLabels(_root);
        var ids = _options.Ids ?? _dataset.Ids;
        if (ids == MaskIds.Color && labels is null)
            throw new ArgumentException("Masks in colours need a label map, which says what the colours mean: classes.csv in the folder, or one that is given.");
        var splits = ListSplits();
        var parts = _images.Select(image => image.Sample.Part).OfType<LabelPart>().Distinct().ToArray();
        var files = labels is null ? null : new LabelFiles(labels, ids) { Parts = parts };

        var tallies = Look(files, ids, splits);
        int classes = labels?.ClassCount ?? Math.Max(1, tallies.Values.Max(tally => tally.LargestId) + 1);
        labels ??= LabelMap.FromClassNames("Ids", [.. Enumerable.Range(0, classes).Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        foreach (var image in _images)
            _findings.AddRange(image.Findings);
        if (files is null)
            AddGaps(tallies.Values);
        AddEmpty(tallies, labels);
        AddAbsent(splits, tallies, labels);
        SplitOverlap.Find(_images, _findings);
        var summaries = splits.Select(split => tallies[split].Summarize(split, labels.ClassCount, _images)).ToArray();
        return new DatasetInspection(_dataset, _root, labels, summaries, [.. _findings.OrderBy(finding => finding.IsNote).ThenBy(finding => finding.Kind).ThenBy(finding => finding.Path, StringComparer.Ordinal)])
        {
            Examples = [.. splits.SelectMany(split => tallies[split].ExamplesOf(split, _images)).GroupBy(example => example.ClassId).OrderBy(group => group.Key).SelectMany(group => group.Take(MostExamples))],
            Files = files ?? new LabelFiles(labels, MaskIds.Train),
        };
    }

    // A split that is not there is no fault of those that are.
    private List<DatasetSplit> ListSplits()
    {
        var found = new List<DatasetSplit>();
        Exception? missing = null;
        foreach (var split in _dataset.Splits.Where(split => split != DatasetSplit.TrainAndValidation))
        {
            int before = _findings.Count;
            var reading = new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 1, Fault = (path, fault) => AddListed(split, path, fault) };
            IReadOnlyList<SegmentationSample> samples = [];
            try
            {
                samples = _dataset.List(_root, split, reading);
            }
            catch (IOException e) when (_findings.Count == before)
            {
                missing ??= e;
                continue;
            }
            catch (InvalidDataException)
            {
                // None of its images can be used: each is among the findings.
            }

            found.Add(split);
            _images.AddRange(samples.Select(sample => new InspectedImage(sample, split)));
            AddCaseTwins(split, samples);
            if (_dataset.FindDifference(split, samples.Count) is { } difference)
                _findings.Add(new DatasetFinding(DatasetFindingKind.ImageCount, difference) { Split = split, IsNote = true });
        }

        return found.Count > 0 ? found : throw missing ?? new DirectoryNotFoundException($"'{_root}' holds no split of {_dataset.Title}.");
    }

    private void AddListed(DatasetSplit split, string path, Exception fault)
    {
        string? label = (fault as FileNotFoundException)?.FileName;
        string? jpeg = label is null ? null : _jpegEndings.Select(ending => Path.ChangeExtension(label, ending)).FirstOrDefault(file => file != path && File.Exists(file));
        var (kind, message) = fault switch
        {
            FileNotFoundException when jpeg is not null => (DatasetFindingKind.JpegMask, $"Label '{jpeg}' is a JPEG, whose compression changes ids. Export the masks anew as PNG."),
            FileNotFoundException => (DatasetFindingKind.MissingFile, fault.Message),
            InvalidDataException => (DatasetFindingKind.Name, fault.Message),
            _ => (DatasetFindingKind.UnreadableFile, fault.Message),
        };
        if (_listed.Add(message)) // two of one stem are told of twice
            _findings.Add(new DatasetFinding(kind, message) { Split = split, Path = path, OtherPath = jpeg ?? label });
    }

    private void AddCaseTwins(DatasetSplit split, IReadOnlyList<SegmentationSample> samples)
    {
        foreach (var same in samples.GroupBy(sample => Path.ChangeExtension(sample.ImagePath, null), StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            string[] paths = [.. same.Select(sample => sample.ImagePath)];
            _findings.Add(new DatasetFinding(DatasetFindingKind.Name, $"'{paths[0]}' and '{paths[1]}' differ by capital letters alone: on many disks they are one file. Rename one.") { Split = split, Path = paths[0], OtherPath = paths[1] });
        }
    }

    private Dictionary<DatasetSplit, SplitTally> Look(LabelFiles? files, MaskIds ids, List<DatasetSplit> splits)
    {
        var whole = splits.ToDictionary(split => split, _ => new SplitTally());
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Workers ?? Environment.ProcessorCount, CancellationToken = _options.CancellationToken };
        Parallel.For(
            0, _images.Count, parallel, () => splits.ToDictionary(split => split, _ => new SplitTally()),
            (i, _, part) =>
            {
                var image = _images[i];
                part[image.Split].Add(i, image.Look(files, ids));
                _options.Progress?.Report((Interlocked.Increment(ref done), _images.Count));
                return part;
            },
            part =>
            {
                lock (whole)
                {
                    foreach (var (split, tally) in part)
                        whole[split].Add(tally);
                }
            });
        return whole;
    }

    private void AddGaps(IEnumerable<SplitTally> tallies)
    {
        var used = tallies.Select(tally => tally.Pixels).Aggregate(new long[LabelMap.IgnoreId + 1], static (sum, pixels) => [.. sum.Zip(pixels, (a, b) => a + b)]);
        int largest = Array.FindLastIndex(used, LabelMap.IgnoreId - 1, pixels => pixels > 0);
        int[] gaps = [.. Enumerable.Range(0, largest + 1).Where(id => used[id] == 0)];
        if (gaps.Length > 0)
            _findings.Add(new DatasetFinding(DatasetFindingKind.IdGap, $"Labels hold ids up to {largest}, and none holds {string.Join(", ", gaps)}. Say in classes.csv which ids are classes, so that train ids have no gap."));
    }

    // Background alone is nothing either, where a class is called so.
    private void AddEmpty(Dictionary<DatasetSplit, SplitTally> tallies, LabelMap labels)
    {
        foreach (var (split, tally) in tallies)
        {
            foreach (var (index, only) in tally.Bare.OrderBy(pair => pair.Key))
            {
                if (only is { } id && !_backgrounds.Contains(labels.Classes[id].Name, StringComparer.OrdinalIgnoreCase))
                    continue;
                var sample = _images[index].Sample;
                string what = only is null ? "every pixel is ignored" : $"every pixel is '{labels.Classes[only.Value].Name}'";
                _findings.Add(new DatasetFinding(DatasetFindingKind.EmptyMask, $"Label '{sample.LabelPath}' is empty: {what}. Label the image, or leave it out.") { Split = split, Path = sample.ImagePath, OtherPath = sample.LabelPath });
            }
        }
    }

    private void AddAbsent(List<DatasetSplit> splits, Dictionary<DatasetSplit, SplitTally> tallies, LabelMap labels)
    {
        foreach (var split in splits.Where(split => split is DatasetSplit.Train or DatasetSplit.Validation && tallies[split].Pixels.AsSpan(0, LabelMap.IgnoreId).ContainsAnyExcept(0L)))
        {
            foreach (var label in labels.Classes.Where((_, id) => tallies[split].Pixels[id] == 0))
                _findings.Add(new DatasetFinding(DatasetFindingKind.AbsentClass, $"No label of {split} has a pixel of '{label.Name}'. {(split == DatasetSplit.Train ? "It cannot be learnt: add images of it, or merge the class." : "Its IoU cannot be told: move images of it here.")}") { Split = split });
        }
    }
}
