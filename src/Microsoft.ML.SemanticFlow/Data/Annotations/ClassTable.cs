// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>The classes of an import: their raw ids, by the names that annotations call them.</summary>
internal sealed class ClassTable
{
    private const int MostIds = 255;

    private readonly Dictionary<string, byte> _ids;

    private ClassTable(LabelMap labels, byte background, Dictionary<string, byte> ids) =>
        (Labels, Background, _ids) = (labels, background, ids);

    /// <param name="Name">What it is called.</param>
    /// <param name="Id">Its raw id; 255 is ignored.</param>
    /// <param name="Color">Its colour; null for a generated one.</param>
    internal sealed record Entry(string Name, int Id, RgbColor? Color = null);

    public LabelMap Labels { get; }

    /// <summary>The raw id of pixels that no object covers.</summary>
    public byte Background { get; }

    /// <summary>The raw id of a name; null where it is none of the classes.</summary>
    public byte? IdOf(string name) => _ids.TryGetValue(name, out byte id) ? id : null;

    /// <summary>The names, for messages.</summary>
    public IEnumerable<string> Names => _ids.Keys;

    /// <summary>Makes the table.</summary>
    /// <param name="source">What lists the classes, in messages.</param>
    /// <param name="entries">The classes; train ids follow their ids.</param>
    /// <param name="background">The id of the class of pixels that no object covers; null where there is none.</param>
    /// <param name="options">May take other classes, or ignore the background.</param>
    /// <exception cref="InvalidDataException">A name or an id occurs twice, or there are too many.</exception>
    public static ClassTable Create(string source, IEnumerable<Entry> entries, int? background, AnnotationImportOptions options)
    {
        if (options.Labels is { } labels)
            return Of(labels, options);
        bool isIgnored = options.Background == AnnotationBackground.Ignore;
        Entry[] all = [.. entries.Where(entry => !(isIgnored && entry.Id == background))];
        Check(source, all);
        int trainId = 0;
        var csv = new StringBuilder("name,raw_id,train_id,r,g,b\n");
        foreach (var entry in all.OrderBy(entry => entry.Id))
        {
            var color = entry.Color ?? (entry.Id is 0 or LabelMap.IgnoreId ? default : LabelMap.Generate(entry.Id - 1));
            int train = entry.Id == LabelMap.IgnoreId ? LabelMap.IgnoreId : trainId++;
            csv.Append(CultureInfo.InvariantCulture, $"{Csv.Quote(entry.Name)},{entry.Id},{train},{color.R},{color.G},{color.B}\n");
        }

        if (trainId == 0)
            throw new InvalidDataException($"{source} lists no class. Give the classes, or look whether it is the right file.");
        byte uncovered = isIgnored ? LabelMap.IgnoreId : (byte)(background ?? LabelMap.IgnoreId);
        return new ClassTable(LabelMap.Parse("classes", csv.ToString()), uncovered, all
            .ToDictionary(entry => entry.Name, entry => (byte)entry.Id));
    }

    /// <summary>The table of a label space, whose background is what a name says.</summary>
    public static ClassTable Of(LabelMap labels, AnnotationImportOptions options, params string[] background)
    {
        var ids = new Dictionary<string, byte>();
        foreach (var (name, id, _, _) in labels.Table)
        {
            if (id > LabelMap.IgnoreId)
                throw new InvalidDataException(
                    $"Label map '{labels.Name}' gives '{name}' raw id {id}; masks are written with ids up to 255. Give it a smaller one.");
            if (!ids.TryAdd(name, (byte)id))
                throw new InvalidDataException(
                    $"Label map '{labels.Name}' names '{name}' twice, so that annotations of that name have no one id. Rename one.");
        }

        string[] names = background.Length > 0 ? background : ["background", "_background_", "Background"];
        byte? own = names.Select(name => ids.TryGetValue(name, out byte id) ? id : (byte?)null).FirstOrDefault(id => id is not null);
        return new ClassTable(labels, options.Background == AnnotationBackground.Ignore ? LabelMap.IgnoreId : own ?? LabelMap.IgnoreId,
            ids);
    }

    private static void Check(string source, Entry[] entries)
    {
        if (entries.Length > MostIds || entries.FirstOrDefault(entry => entry.Id is < 0 or > LabelMap.IgnoreId) is not null)
            throw new InvalidDataException(
                $"{source} lists {entries.Length} classes with ids up to {entries.Max(entry => entry.Id)}; masks are written with 255 classes, of ids 0 to 254, at most. Leave some out, or join some.");
        if (entries.FirstOrDefault(entry => string.IsNullOrWhiteSpace(entry.Name)) is { } blank)
            throw new InvalidDataException($"{source} lists a class without a name, for id {blank.Id}. Name it.");
        if (entries.GroupBy(entry => entry.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidDataException($"{source} lists the class '{Excerpt.Of(twice.Key)}' twice. Rename or remove one.");
        if (entries.GroupBy(entry => entry.Id).FirstOrDefault(same => same.Count() > 1) is { } shared)
            throw new InvalidDataException(
                $"{source} gives id {shared.Key} to '{Excerpt.Of(shared.First().Name)}' and '{Excerpt.Of(shared.Last().Name)}'. Give each its own.");
    }
}
