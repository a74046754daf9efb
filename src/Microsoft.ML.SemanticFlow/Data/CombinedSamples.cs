// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>The samples of several data sets as those of one, which has the classes of the first.</summary>
internal static class CombinedSamples
{
    public static SampleView Of(IReadOnlyList<(string Source, IDataView Set)> sets)
    {
        LabelFiles? first = null;
        var samples = new List<SegmentationSample>();
        foreach (var (source, set) in sets)
        {
            var paths = PathColumn(set, SampleView.LabelPath, source);
            var files = LabelFiles.Of(paths, labels: null, ids: null).At(paths);
            first ??= files;
            if (!files.Labels.HasClassesOf(first.Labels))
                throw new ArgumentException(
                    $"Source '{source}' has the classes of label map {files.Labels}, source '{sets[0].Source}' those of {first.Labels}. " +
                    "Read both with maps of the same classes, such as ones with classes merged.", nameof(sets));

            string[] images = [.. set.GetColumn<ReadOnlyMemory<char>>(PathColumn(set, SampleView.ImagePath, source)).Select(text => text.ToString())];
            string[] labels = [.. set.GetColumn<ReadOnlyMemory<char>>(paths).Select(text => text.ToString())];
            var whole = files.Ids == first.Ids && files.Labels.ReadsAs(first.Labels) ? null : new LabelPart(LabelPart.FolderOf(labels), files.Labels, files.Ids);
            samples.AddRange(images.Zip(labels, (image, label) => new SegmentationSample(image, label)
            {
                Source = source,
                Part = files.Parts.FirstOrDefault(part => part.Holds(label)) ?? whole,
            }));
        }

        RequireApart(samples);
        return new SampleView(samples, first!.Labels, first.Ids); // there is one set at least
    }

    private static DataViewSchema.Column PathColumn(IDataView set, string name, string source) =>
        set.Schema.GetColumnOrNull(name) is { } column && column.Type is TextDataViewType
            ? column
            : throw new ArgumentException(
                $"Source '{source}' has no text column {name}. Give what a reader of data sets lists, with labels, before images are loaded.", nameof(set));

    // A file is read as the folder that holds it says.
    private static void RequireApart(List<SegmentationSample> samples)
    {
        LabelPart[] parts = [.. samples.Select(sample => sample.Part).OfType<LabelPart>().Distinct()];
        foreach (var sample in samples)
        {
            if (Array.Find(parts, part => part.Holds(sample.LabelPath!)) != sample.Part) // every set has labels
                throw new ArgumentException(
                    $"'{sample.LabelPath}' of source '{sample.Source}' is not told by its folder from the label files of sources that hold other ids. " +
                    "Keep the label files of each source in a folder of its own.");
        }
    }
}
