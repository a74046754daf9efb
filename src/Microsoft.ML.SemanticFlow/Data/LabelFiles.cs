// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>What the ids in label files mean.</summary>
/// <param name="Labels">The label map.</param>
/// <param name="Ids">Which of its ids the files hold.</param>
internal sealed record LabelFiles(LabelMap Labels, MaskIds Ids)
{
    /// <summary>Folders whose files are read otherwise; mostly none.</summary>
    public IReadOnlyList<LabelPart> Parts { get; init; } = [];

    public SegmentationMask Load(string path) => Parts.FirstOrDefault(part => part.Holds(path)) is { } part
        ? MaskCodec.Load(path, part.Labels, part.Ids).WithLabels(Labels)
        : MaskCodec.Load(path, Labels, Ids);

    /// <summary>What the masks of the files say of themselves.</summary>
    public DataViewSchema.Annotations Annotations => MaskAnnotations.Of(Labels, Ids);

    /// <summary>These, with the folders that a column of paths says are read otherwise: they belong to the paths, and are not saved.</summary>
    public LabelFiles At(DataViewSchema.Column paths) => MaskAnnotations.GetParts(paths) is { Count: > 0 } parts ? this with { Parts = parts } : this;

    /// <summary>What a caller says of a column of paths, completed by what the column says.</summary>
    /// <exception cref="ArgumentException">Neither names a label map, or they contradict each other.</exception>
    public static LabelFiles Of(DataViewSchema.Column paths, LabelMap? labels, MaskIds? ids)
    {
        var files = new LabelFiles(
            labels ?? MaskAnnotations.TryGet(paths) ?? throw new ArgumentException(
                $"Column '{paths.Name}' does not say what the ids in its files mean. Pass the label map, here or to the reader of the data set.", nameof(labels)),
            ids ?? MaskAnnotations.TryGetIds(paths) ?? MaskIds.Raw);
        files.RequireAgreement(paths);
        return files;
    }

    /// <summary>How another column of paths is read: as it says itself, and where it does not, as these are.</summary>
    /// <exception cref="ArgumentException">It has other classes.</exception>
    public LabelFiles Of(DataViewSchema.Column paths, string what)
    {
        var labels = MaskAnnotations.TryGet(paths) ?? Labels;
        return labels.HasClassesOf(Labels)
            ? new LabelFiles(labels, MaskAnnotations.TryGetIds(paths) ?? Ids).At(paths)
            : throw new ArgumentException(
                $"The {what} has the classes of label map {labels}, the training set those of {Labels}. Read both with one map, or with maps of the same classes.", nameof(paths));
    }

    /// <exception cref="ArgumentException">A column of paths says something else of its files.</exception>
    public void RequireAgreement(DataViewSchema.Column paths)
    {
        var (labels, ids) = (MaskAnnotations.TryGet(paths) ?? Labels, MaskAnnotations.TryGetIds(paths) ?? Ids);
        if (!labels.ReadsAs(Labels) || ids != Ids)
            throw new ArgumentException(
                $"Column '{paths.Name}' names files of {MaskAnnotations.WordOf(ids)} ids of label map {labels}, " +
                $"which are to be read as {MaskAnnotations.WordOf(Ids)} ids of {Labels}. Say it to the reader of the data set, and leave it out where masks are loaded.",
                nameof(paths));
    }
}
