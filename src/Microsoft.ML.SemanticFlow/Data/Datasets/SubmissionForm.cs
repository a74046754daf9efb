// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>What the server of a benchmark takes: one PNG for each image of the test split, of its size, with ids of the server's.</summary>
/// <param name="Classes">The server's classes, by name.</param>
/// <param name="Void">The id for pixels of none of them.</param>
internal sealed partial record SubmissionForm(IReadOnlyDictionary<string, byte> Classes, byte Void)
{
    private const string IddImage = "_leftImg8bit", IddLabel = "_gtFine_labellevel3Ids";

    /// <summary>The regular ids of Cityscapes, in files of any tree that begin with city, sequence and frame.</summary>
    public static SubmissionForm Cityscapes { get; } = OfRawIds(LabelMaps.Cityscapes, unlabeled: 0) with
    {
        KeyOfImage = name => Frame().Match(Path.GetFileName(name)) is { Success: true } frame ? frame.Value : Path.GetFileName(name),
        KeyOfFile = name => Frame().Match(Path.GetFileName(name)) is { Success: true } frame ? frame.Value : null,
    };

    /// <summary>The regular ids of Cityscapes, in files of the images' names.</summary>
    public static SubmissionForm Kitti { get; } = OfRawIds(LabelMaps.Cityscapes, unlabeled: 0);

    /// <summary>Train ids, in files of the images' names.</summary>
    public static SubmissionForm Bdd100K { get; } = OfTrainIds(LabelMaps.Cityscapes, LabelMap.IgnoreId);

    /// <summary>The ids of level 3, in files named as the labels are.</summary>
    public static SubmissionForm Idd { get; } = OfTrainIds(LabelMaps.Idd, 26) with
    {
        NameOf = name => name.EndsWith(IddImage, StringComparison.Ordinal) ? name[..^IddImage.Length] + IddLabel : name + IddLabel,
        KeyOfImage = name => DriveAndName(name.EndsWith(IddImage, StringComparison.Ordinal) ? name[..^IddImage.Length] : name),
        KeyOfFile = name => name.EndsWith(IddLabel, StringComparison.Ordinal) ? DriveAndName(name[..^IddLabel.Length]) : null,
    };

    /// <summary>The name of an image's file; names are paths below a folder, without endings.</summary>
    public Func<string, string> NameOf { get; private init; } = static name => name;

    /// <summary>What an image and its file have in common.</summary>
    public Func<string, string> KeyOfImage { get; private init; } = static name => Path.GetFileName(name);

    /// <summary>The same of a file; null of one that is none.</summary>
    public Func<string, string?> KeyOfFile { get; private init; } = static name => Path.GetFileName(name);

    /// <summary>Ids that files may hold.</summary>
    public required IReadOnlySet<byte> Ids { get; init; }

    /// <summary>The server's id for each train id of a model: those of classes that the server lacks are <see cref="Void"/>.</summary>
    /// <param name="labels">The model's classes.</param>
    /// <exception cref="InvalidDataException">The server has none of them.</exception>
    public byte[] TableFor(LabelMap labels)
    {
        var table = new byte[LabelMap.IgnoreId + 1];
        Array.Fill(table, Void);
        for (int id = 0; id < labels.ClassCount; id++)
            table[id] = Classes.GetValueOrDefault(labels.Classes[id].Name, Void);
        return labels.Classes.Any(label => Classes.ContainsKey(label.Name))
            ? table
            : throw new InvalidDataException($"The server has none of the model's classes, {string.Join(", ", labels.Classes.Select(label => label.Name))}; it has {string.Join(", ", Classes.Keys)}. Name the server of the data set that the model was trained on.");
    }

    private static SubmissionForm OfRawIds(LabelMap labels, byte unlabeled) =>
        new(labels.Classes.ToDictionary(label => label.Name, label => (byte)label.RawId), unlabeled)
        {
            Ids = Enumerable.Range(0, LabelMap.IgnoreId).Where(id => labels.TryGetTrainId((ushort)id, out _)).Select(id => (byte)id).ToHashSet(),
        };

    private static SubmissionForm OfTrainIds(LabelMap labels, byte unlabeled) =>
        new(labels.Classes.Select((label, id) => (label.Name, Id: (byte)id)).ToDictionary(pair => pair.Name, pair => pair.Id), unlabeled)
        {
            Ids = Enumerable.Range(0, labels.ClassCount).Select(id => (byte)id).Append(unlabeled).ToHashSet(),
        };

    private static string DriveAndName(string name) => $"{Path.GetFileName(Path.GetDirectoryName(name))}/{Path.GetFileName(name)}";

    [GeneratedRegex("^.+?_[0-9]{6}_[0-9]{6}", RegexOptions.CultureInvariant)]
    private static partial Regex Frame();
}
