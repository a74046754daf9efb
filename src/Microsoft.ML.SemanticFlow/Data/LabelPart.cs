// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>A folder of label files that are read otherwise than the other files of their column: one source of several.</summary>
/// <param name="Folder">The folder; files in its subfolders belong to it.</param>
/// <param name="Labels">What their ids mean; its train ids are those of the whole column.</param>
/// <param name="Ids">Which ids they hold.</param>
internal sealed record LabelPart(string Folder, LabelMap Labels, MaskIds Ids)
{
    public bool Holds(string path) => Holds(Folder, path);

    /// <summary>The innermost folder that holds all of some files; empty where there is none.</summary>
    public static string FolderOf(IReadOnlyList<string> paths)
    {
        string folder = paths is [var first, ..] ? Around(first) : "";
        foreach (string path in paths)
        {
            while (folder.Length > 0 && !Holds(folder, path))
                folder = Around(folder);
        }

        return folder;
    }

    private static string Around(string path) => path[..Math.Max(0, path.LastIndexOfAny(['/', '\\']))];

    private static bool Holds(string folder, string path) => path.Length > folder.Length && path[folder.Length] is '/' or '\\'
        && path.StartsWith(folder, StringComparison.Ordinal);

    /// <summary>This part for classes that a caller makes of the column's, such as fewer.</summary>
    /// <param name="classes">The column's classes.</param>
    /// <param name="labels">What the caller's map makes of their raw ids.</param>
    /// <exception cref="ArgumentException">It does not know one of them, or a class of it is in no file.</exception>
    public LabelPart Through(LabelMap classes, LabelMap labels) => Ids == MaskIds.Train
        ? new LabelPart(Folder, Labels.OfTrainIds().Through(classes, labels), MaskIds.Raw)
        : this with { Labels = Labels.Through(classes, labels) };

    public static string Write(IEnumerable<LabelPart> parts) => string.Concat(parts.Select(part =>
        string.Join(',', new[] { part.Folder, MaskAnnotations.WordOf(part.Ids), part.Labels.Name, part.Labels.ToCsv() }.Select(Csv.Quote)) + "\n"));

    public static IReadOnlyList<LabelPart> Read(string text) =>
        [.. Csv.Read(text, "The parts").Select(row => new LabelPart(row.Cells[0], LabelMap.Parse(row.Cells[2], row.Cells[3]), MaskAnnotations.IdsOf(row.Cells[1])))];
}
