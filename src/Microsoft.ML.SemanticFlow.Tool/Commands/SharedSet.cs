// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>A data set as text, so that of several processes one lists its folders and tells the others.</summary>
/// <param name="Map">The label map's name.</param>
/// <param name="Table">The label map's table.</param>
/// <param name="Ids">Which ids the label files hold.</param>
/// <param name="Parts">Folders whose label files are read otherwise.</param>
/// <param name="Images">Image files.</param>
/// <param name="Labels">Label files, by image.</param>
/// <param name="Sources">Sources, by image; null where there is one.</param>
internal sealed record SharedSet(
    string Map, string Table, string Ids, string Parts, IReadOnlyList<string> Images, IReadOnlyList<string> Labels, IReadOnlyList<string>? Sources)
{
    /// <summary>The text form of what a reader of data sets lists; null for null.</summary>
    public static SharedSet? Of(IDataView? set)
    {
        if (set is null)
            return null;
        var paths = set.Schema[SampleView.LabelPath];
        var files = LabelFiles.Of(paths, labels: null, ids: null).At(paths);
        return new SharedSet(
            files.Labels.Name, files.Labels.ToCsv(), MaskAnnotations.WordOf(files.Ids), LabelPart.Write(files.Parts),
            Texts(set, SampleView.ImagePath), Texts(set, SampleView.LabelPath), set.Schema.GetColumnOrNull(SampleView.Source) is null ? null : Texts(set, SampleView.Source));
    }

    /// <summary>The data set that the text is of.</summary>
    public IDataView ToView()
    {
        var parts = LabelPart.Read(Parts);
        var samples = Images.Zip(Labels).Select((pair, i) => new SegmentationSample(pair.First, pair.Second)
        {
            Source = Sources?[i],
            Part = parts.FirstOrDefault(part => part.Holds(pair.Second)),
        });
        return new SampleView([.. samples], LabelMap.Parse(Map, Table), MaskAnnotations.IdsOf(Ids));
    }

    private static string[] Texts(IDataView set, string column) => [.. set.GetColumn<ReadOnlyMemory<char>>(column).Select(text => text.ToString())];
}
