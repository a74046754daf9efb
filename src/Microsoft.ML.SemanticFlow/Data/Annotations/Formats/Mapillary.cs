// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Mapillary Vistas: masks of indices into the labels of a configuration.</summary>
internal static class Mapillary
{
    private const string Old = "v1.2", New = "v2.0", Unlabeled = "unlabeled";

    public static AnnotationFormatInfo Info { get; } = new(
        "mapillary", "Mapillary Vistas",
        "{training,validation,testing}/images/NAME.jpg, SPLIT/labels/NAME.png or SPLIT/{v1.2,v2.0}/labels/NAME.png, config.json or config_VERSION.json")
    {
        Background = "none: every pixel has a label; unlabeled is ignored",
        Variants = [Old, New],
        Recognize = tree => tree.Files.Any(path => path.StartsWith("training/", StringComparison.Ordinal)) && tree.Files
            .FirstOrDefault(IsConfiguration) is { } found
            ? $"it has '{found}' and a folder training"
            : null,
        Open = Open,
    };

    private static bool IsConfiguration(string path) => path is "config.json" or "config_v1.2.json" or "config_v2.0.json";

    private static AnnotatedSet Open(AnnotationTree tree, AnnotationImportOptions options)
    {
        var notes = new List<string>();
        bool hasNew = HasLabels(tree, New), hasOld = HasLabels(tree, Old), hasFirst = !hasNew && !hasOld;
        string? version = hasFirst ? null : options.Variant ?? (hasNew ? New : Old);
        if (version is not null && !HasLabels(tree, version) || hasFirst && options.Variant == New)
            throw new InvalidDataException($"'{tree.Root}' holds no labels of {options.Variant}. Choose another variant.");
        if (hasNew && hasOld && options.Variant is null)
            notes.Add($"The labels of {New} are read; those of {Old} are there too.");
        string[] configurations = version == New ? ["config_v2.0.json"] : ["config_v1.2.json", "config.json"];
        string configuration = configurations.FirstOrDefault(tree.Has)
            ?? throw new FileNotFoundException(
                $"'{tree.At(configurations[^1])}' is missing: it lists the labels. Copy it from the download.");
        var entries = Entries(tree.At(configuration));
        var classes = ClassTable.Create($"'{configuration}'", entries, background: null, options);
        if (options.Labels is null)
            classes = ClassTable.Of(WithoutUnlabeled(classes.Labels), options, Unlabeled);
        var table = new byte?[256];
        foreach (var entry in entries)
            table[entry.Id] = options.Labels is null ? (byte)entry.Id : classes.IdOf(entry.Name)
                ?? (options.UnknownLabels == UnknownLabels.Refuse ? null : LabelMap.IgnoreId);
        string known = $"'{configuration}' has {entries.Count} labels";
        string folder = version is null ? "labels" : $"{version}/labels";
        return new AnnotatedSet(classes,
            [.. Images(tree, folder, (canvas, path) => MaskFile.ReadIds(path, canvas, table, known, options.UnknownLabels))])
        {
            Notes = notes,
        };
    }

    private static bool HasLabels(AnnotationTree tree, string version) => tree.Files
        .Any(path => path.Contains($"/{version}/labels/", StringComparison.Ordinal));

    private static IEnumerable<AnnotatedImage> Images(AnnotationTree tree, string labels, Action<MaskCanvas, string> paint)
    {
        foreach (string split in (string[])["training", "validation", "testing"])
        {
            string images = $"{split}/images/", masks = $"{split}/{labels}/";
            string[] found = [.. tree.Files
                .Where(path => path.StartsWith(images, StringComparison.Ordinal) && ImageEndings.WhyNot(path) is null)];
            var known = tree.Files.Where(path => path.StartsWith(masks, StringComparison.Ordinal)).ToHashSet();
            bool isUnlabelled = split == "testing" && known.Count == 0;
            foreach (string image in found)
            {
                string mask = $"{masks}{InnerPath.Stem(image[images.Length..])}.png";
                bool isThere = known.Remove(mask);
                yield return new AnnotatedImage(SplitNames.Take($"{split}/{InnerPath.Stem(image[images.Length..])}"),
                    tree.At(isUnlabelled ? image : mask), () => isUnlabelled || isThere
                    ? new AnnotatedContent(tree.At(image), isUnlabelled ? null : canvas => paint(canvas, tree.At(mask)))
                    : throw new FileNotFoundException(
                        $"Image '{image}' has no label file: expected '{tree.At(mask)}'. Bring it there, or remove the image.", mask));
            }

            foreach (string mask in known)
            {
                yield return new AnnotatedImage(SplitNames.Take($"{split}/{InnerPath.Stem(mask[masks.Length..])}"), tree.At(mask), () =>
                    throw new FileNotFoundException(
                        $"Label file '{mask}' has no image in '{tree.At(images)}'. Bring it there, or remove the label.", mask));
            }
        }
    }

    private static List<ClassTable.Entry> Entries(string path) => Json.Read(path, file =>
    {
        var entries = new List<ClassTable.Entry>();
        foreach (var label in file.Need("labels").Items())
        {
            var color = label.Need("color");
            byte[] channels = [.. color.Items()
                .Select(channel => channel.Is(JsonValueKind.Number) && channel.Element.TryGetByte(out byte value) ? value
                : throw channel.Fault("", "is no number from 0 to 255"))];
            if (channels.Length != 3)
                throw color.Fault("", "has no three numbers");
            string name = (label.Find("readable") ?? label.Need("name")).Text();
            if (entries.Any(entry => entry.Name == name))
                name = label.Need("name").Text(); // the readable names of 2.0 are not all different
            entries.Add(new ClassTable.Entry(name, entries.Count, new RgbColor(channels[0], channels[1], channels[2])));
        }

        return entries;
    });

    private static LabelMap WithoutUnlabeled(LabelMap labels)
    {
        int trainId = 0;
        var rows = labels.Table.OrderBy(row => row.RawId).Select(row =>
        {
            bool isIgnored = row.TrainId == LabelMap.IgnoreId || row.Name.Equals(Unlabeled, StringComparison.OrdinalIgnoreCase);
            int train = isIgnored ? LabelMap.IgnoreId : trainId++;
            return FormattableString.Invariant($"{Labels.Csv.Quote(row.Name)},{row.RawId},{train},{row.Color.R},{row.Color.G},{row.Color.B}\n");
        });
        return LabelMap.Parse(labels.Name, "name,raw_id,train_id,r,g,b\n" + string.Concat(rows));
    }
}
