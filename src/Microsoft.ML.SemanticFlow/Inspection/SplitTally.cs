// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Inspection;

/// <summary>The counts of a split, or of the part of it that one thread looked at.</summary>
internal sealed class SplitTally
{
    private const int Ids = 256, MostExamples = 3;

    private readonly int[] _images = new int[Ids];
    private readonly List<int>[] _examples = [.. Enumerable.Range(0, Ids).Select(_ => new List<int>())];
    private int _labels;

    /// <summary>Pixels of each train id; 255 those of none.</summary>
    public long[] Pixels { get; } = new long[Ids];

    /// <summary>Labels of one class alone, with that, or of none; by the places of their images.</summary>
    public Dictionary<int, int?> Bare { get; } = [];

    /// <summary>The largest id that has a pixel; -1 where none has.</summary>
    public int LargestId => Array.FindLastIndex(Pixels, LabelMap.IgnoreId - 1, pixels => pixels > 0);

    /// <param name="index">The image's place among all.</param>
    /// <param name="label">What its label holds; null where there is none.</param>
    public void Add(int index, LabelContent? label)
    {
        if (label is null)
            return;
        _labels++;
        int classes = 0, last = 0;
        for (int id = 0; id < Ids; id++)
        {
            if (label.Pixels[id] == 0)
                continue;
            Pixels[id] += label.Pixels[id];
            _images[id]++;
            Keep(_examples[id], index);
            if (id != LabelMap.IgnoreId)
                (classes, last) = (classes + 1, id);
        }

        if (label.Fault is null && classes <= 1)
            Bare.Add(index, classes == 0 ? null : last);
    }

    public void Add(SplitTally other)
    {
        _labels += other._labels;
        for (int id = 0; id < Ids; id++)
        {
            Pixels[id] += other.Pixels[id];
            _images[id] += other._images[id];
            foreach (int index in other._examples[id])
                Keep(_examples[id], index);
        }

        foreach (var (index, only) in other.Bare)
            Bare.Add(index, only);
    }

    public DatasetSplitSummary Summarize(DatasetSplit split, int classes, IEnumerable<InspectedImage> images)
    {
        var read = images.Where(image => image.Split == split && image.IsRead).ToArray();
        (int, int, int)[] sizes = [.. read.GroupBy(image => image.Size).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => (group.Key.Height, group.Key.Width, group.Count()))];
        return new DatasetSplitSummary(split, read.Length, _labels, sizes, Pixels[..classes], _images[..classes], Pixels[LabelMap.IgnoreId]);
    }

    public IEnumerable<InspectedExample> ExamplesOf(DatasetSplit split, IReadOnlyList<InspectedImage> images)
    {
        for (int id = 0; id < LabelMap.IgnoreId; id++)
        {
            foreach (int index in _examples[id].Where(index => images[index].IsRead))
                yield return new InspectedExample(id, split, images[index].Sample.ImagePath, images[index].Sample.LabelPath!); // a label was counted
        }
    }

    // The first in the order of the images, whichever thread comes first.
    private static void Keep(List<int> examples, int index)
    {
        int at = examples.BinarySearch(index);
        examples.Insert(~at, index);
        if (examples.Count > MostExamples)
            examples.RemoveAt(MostExamples);
    }
}
