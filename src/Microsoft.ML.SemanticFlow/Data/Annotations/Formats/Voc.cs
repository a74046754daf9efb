// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>PASCAL VOC: masks of indices, 255 on borders. labelme2voc.py writes it too, with a list of classes.</summary>
internal static class Voc
{
    private const string ClassFile = "class_names.txt", MapFile = "labelmap.txt", BackgroundName = "background", LabelMeBackground =
        "_background_";

    public static AnnotationFormatInfo Info { get; } = new(
        "voc", "PASCAL VOC", "JPEGImages/NAME.jpg, SegmentationClass/NAME.png, ImageSets/Segmentation/SPLIT.txt, perhaps class_names.txt")
    {
        Background = "class 0, background; 255 is ignored",
        Recognize = tree => tree.Around("SegmentationClass").Concat(tree.Around("SegmentationClassPNG")).FirstOrDefault() is { } root
            && !tree.Has(InnerPath.Join(root, MapFile))
            ? "it has a folder SegmentationClass"
            : null,
        Open = Open,
    };

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var notes = new List<string>();
        var folders = MaskFolders.Find(tree);
        var classes = ClassesOf(tree, folders, options);
        byte?[] table = [.. IndexTable.Of(classes, LabelMap.IgnoreId)];
        byte background = classes.IdOf(BackgroundName) ?? classes.IdOf(LabelMeBackground) ?? 0;
        if (options.Background == AnnotationBackground.Ignore)
            table[background] = LabelMap.IgnoreId;
        string known = $"the classes have ids {IndexTable.Describe(table)}";
        return new AnnotatedSet(classes,
            folders.List((canvas, path) => Read(canvas, path, table, known, options.UnknownLabels), paintMissing: null, notes))
        {
            Notes = notes,
        };
    }

    private static void Read(MaskCanvas canvas, string path, byte?[] table, string known, UnknownLabels unknown) =>
        MaskFile.ReadIds(path, canvas, table, known, unknown);

    private static ClassTable ClassesOf(AnnotationTree tree, MaskFolders folders, AnnotationImportOptions options)
    {
        if (options.Labels is not null)
            return ClassTable.Of(options.Labels, options, BackgroundName, LabelMeBackground);
        string list = tree.At(folders.Beside(ClassFile));
        if (!File.Exists(list))
            return ClassTable.Create("PASCAL VOC", LabelMaps.PascalVoc.Table.Where(row => row.TrainId != LabelMap.IgnoreId)
                .Select(row => new ClassTable.Entry(row.Name, row.RawId, row.Color)), 0, options);
        var names = TextLines.Read(list);
        names.Remove("__ignore__");
        int background = Math.Max(names.IndexOf(BackgroundName), names.IndexOf(LabelMeBackground));
        return ClassTable.Create($"'{ClassFile}'", names.Select((name, id) => new ClassTable.Entry(name, id)), background < 0 ? null
            : background, options);
    }
}
