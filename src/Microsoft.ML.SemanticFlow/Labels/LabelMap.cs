// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A label space: its classes in the order of their train ids, and which raw id of a label file means which.</summary>
/// <remarks>
/// Train ids run from 0 to <see cref="ClassCount"/> - 1. A raw id is a class, ignored (train id 255), or unknown;
/// reading a mask with an unknown raw id fails.
/// </remarks>
/// <example>
/// <code>
/// var labels = LabelMap.Parse("garden", "name,raw_id,train_id,r,g,b\nlawn,10,0,0,160,0\npath,20,1,120,120,120\nunsure,0,255,0,0,0\n");
/// Console.WriteLine(labels);                                  // prints garden (2 classes)
/// Console.WriteLine(labels.TryGetTrainId(20, out byte id));   // prints True
/// Console.WriteLine(labels.Classes[id].Name);                 // prints path
/// </code>
/// </example>
public sealed class LabelMap
{
    /// <summary>The train id of pixels that count for nothing: 255.</summary>
    public const byte IgnoreId = 255;

    private const string Header = "name,raw_id,train_id,r,g,b";

    private const string NameRule = "A name is text, and not of white space alone.";

    private static readonly string[] _columns = Header.Split(',');

    private readonly byte[] _trainIds;
    private readonly bool[] _known;
    private readonly Row[] _rows;

    private sealed record Row(string Name, ushort RawId, byte TrainId, RgbColor Color);

    // The rows have raw ids of their own.
    private LabelMap(string name, Row[] rows)
    {
        Name = name;
        _rows = rows;
        int largest = rows.Length == 0 ? 0 : rows.Max(row => row.RawId);
        (_trainIds, _known) = (new byte[Math.Max(256, largest + 1)], new bool[Math.Max(256, largest + 1)]);
        foreach (var row in rows)
            (_trainIds[row.RawId], _known[row.RawId]) = (row.TrainId, true);

        // Several raw ids may share a train id; the first names the class and is what predictions are written back as.
        var classes = rows.Where(row => row.TrainId != IgnoreId).DistinctBy(row => row.TrainId).OrderBy(row => row.TrainId).ToArray();
        if (classes.Length == 0)
            throw new InvalidDataException($"Label map '{name}' has no class. Give at least one row a train id below 255.");
        for (int id = 0; id < classes.Length; id++)
        {
            if (classes[id].TrainId != id)
                throw new InvalidDataException($"Label map '{name}' skips train id {id}. Number the classes from 0 without a gap.");
        }

        Classes = Array.AsReadOnly(classes.Select(row => new LabelClass(row.Name, row.RawId, row.Color)).ToArray());
        if (!_known[IgnoreId])
            (_known[IgnoreId], _trainIds[IgnoreId]) = (true, IgnoreId);
    }

    /// <summary>The name of the label space, as messages and reports show it.</summary>
    public string Name { get; }

    /// <summary>The classes; the index is the train id.</summary>
    public IReadOnlyList<LabelClass> Classes { get; }

    /// <summary>How many classes there are.</summary>
    public int ClassCount => Classes.Count;

    /// <summary>Makes a map in which raw ids are train ids and colours are generated; 255 is ignored.</summary>
    /// <param name="name">The name of the label space, which is no class.</param>
    /// <param name="classNames">The classes, in the order of their ids; 1 to 255 of them.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">There is no class, or more than 255; or a name is empty, or of white space alone.</exception>
    public static LabelMap FromClassNames(string name, params IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(classNames);
        if (classNames.Count is 0 or > 255)
        {
            throw new ArgumentOutOfRangeException(
                nameof(classNames), classNames.Count,
                $"Label map '{name}' needs 1 to 255 classes, not {classNames.Count}. The first argument names the map; the classes follow it.");
        }

        for (int id = 0; id < classNames.Count; id++)
        {
            if (!IsName(classNames[id]))
                throw new ArgumentException($"Class {id} of label map '{name}' is named '{classNames[id]}'. {NameRule}", nameof(classNames));
        }

        return new LabelMap(name, [.. classNames.Select((text, id) => new Row(text, (ushort)id, (byte)id, Generate(id)))]);
    }

    /// <summary>Reads a map from a table with the columns name, raw_id, train_id, r, g, b.</summary>
    /// <param name="path">The CSV file, in UTF-8; its name without the ending names the map.</param>
    /// <returns>The map.</returns>
    /// <remarks>Time and memory are in proportion to the file's length.</remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The table is not one; the message names line and column.</exception>
    public static LabelMap Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string name = Path.GetFileNameWithoutExtension(path);
        return Parse(name, Csv.Decode(RegularFile.ReadAllBytes(path), $"Label map '{name}'"));
    }

    /// <summary>Reads a map from the text of a table with the columns name, raw_id, train_id, r, g, b.</summary>
    /// <param name="name">The name of the label space.</param>
    /// <param name="csv">The table, with its header line. A name with a comma, a quote or a line break stands in quotes, its own quotes doubled (RFC 4180).</param>
    /// <returns>The map.</returns>
    /// <exception cref="InvalidDataException">The table is not one; the message names line and column.</exception>
    public static LabelMap Parse(string name, string csv)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(csv);
        string source = $"Label map '{name}'";
        var table = Csv.Read(csv, source);
        if (table is not [var header, ..] || !header.Cells.SequenceEqual(_columns))
            throw new InvalidDataException($"{source} does not start with the line '{Header}'.");

        var lines = new Dictionary<ushort, int>();
        var rows = new Row[table.Count - 1];
        for (int i = 0; i < rows.Length; i++)
        {
            var (line, cells) = (table[i + 1].Line, table[i + 1].Cells);
            if (cells.Count != _columns.Length)
                throw new InvalidDataException(
                    $"{Place(Math.Min(cells.Count, _columns.Length))}: the row has {cells.Count} cells instead of {_columns.Length}. Put a name with commas in quotes.");
            if (!IsName(cells[0]))
                throw new InvalidDataException($"{Place(0)}: the class is named '{cells[0]}'. {NameRule}");
            rows[i] = new Row(cells[0], Number(1, ushort.MaxValue), (byte)Number(2, 255), new RgbColor((byte)Number(3, 255), (byte)Number(4, 255), (byte)Number(5, 255)));
            if (!lines.TryAdd(rows[i].RawId, line))
                throw new InvalidDataException($"{Place(1)}: raw id {rows[i].RawId} is in line {lines[rows[i].RawId]} already. Keep one row for it.");

            ushort Number(int column, int most) => ushort.TryParse(cells[column], NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number <= most
                ? number
                : throw new InvalidDataException($"{Place(column)}: '{cells[column]}' is not a number from 0 to {most}.");

            string Place(int column) => Csv.Place(source, line, column + 1) + (column < _columns.Length ? $" ({_columns[column]})" : "");
        }

        return new LabelMap(name, rows);
    }

    /// <summary>Writes the map as the table that <see cref="Parse"/> reads.</summary>
    /// <returns>The table, with its header line.</returns>
    public string ToCsv()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var row in _rows)
            text.Append(CultureInfo.InvariantCulture, $"{Csv.Quote(row.Name)},{row.RawId},{row.TrainId},{row.Color.R},{row.Color.G},{row.Color.B}\n");
        return text.ToString();
    }

    /// <summary>Joins classes, such as all vehicles into one.</summary>
    /// <param name="name">The name of the new label space.</param>
    /// <param name="classes">For each class that changes, the class that it becomes: another of this map, or a new name. Classes that are not named stay.</param>
    /// <returns>A map that reads the same raw ids into fewer classes, in the order of the first of each.</returns>
    /// <remarks>A joined class has the colour and the raw id of the class that it is named after; where the name is new, those of the first class in it.</remarks>
    /// <exception cref="ArgumentException">This map has no class of a name, or a new name is blank.</exception>
    public LabelMap Merge(string name, IReadOnlyDictionary<string, string> classes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(classes);
        RequireClasses(classes.Keys, nameof(classes));
        RequireNames(classes.Values, nameof(classes));

        string[] names = [.. Classes.Select(label => classes.GetValueOrDefault(label.Name, label.Name))];
        string[] joined = [.. names.Distinct(StringComparer.Ordinal)];
        var trainIds = names.Select(into => (byte)Array.IndexOf(joined, into)).ToArray();
        var ids = Enumerable.Range(0, ClassCount).ToArray();

        // The first row of a train id speaks for the class: that of the class which keeps its name, else of the first class.
        var speakers = joined.Select(into => ids.Where(id => names[id] == into).OrderBy(id => Classes[id].Name == into ? 0 : 1).First())
            .ToDictionary(id => Classes[id].RawId, id => names[id]);
        var rows = _rows.Select(row => row with { TrainId = row.TrainId == IgnoreId ? IgnoreId : trainIds[row.TrainId] });
        return new LabelMap(name, [.. rows
            .OrderBy(row => speakers.ContainsKey(row.RawId) ? 0 : 1)
            .Select(row => speakers.TryGetValue(row.RawId, out string? into) ? row with { Name = into } : row)]);
    }

    /// <summary>The same raw and train ids under other names or in other colours.</summary>
    /// <param name="name">The name of the new label space; null keeps it.</param>
    /// <param name="names">New names by the old ones; null keeps all.</param>
    /// <param name="colors">New colours by the old names; null keeps all.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">This map has no class of a name, a new name is blank, or two classes would share one.</exception>
    public LabelMap With(string? name = null, IReadOnlyDictionary<string, string>? names = null, IReadOnlyDictionary<string, RgbColor>? colors = null)
    {
        RequireClasses(names?.Keys ?? [], nameof(names));
        RequireNames(names?.Values ?? [], nameof(names));
        RequireClasses(colors?.Keys ?? [], nameof(colors));
        if (names is not null
            && Classes.Select(label => names.GetValueOrDefault(label.Name, label.Name)).GroupBy(text => text).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new ArgumentException($"Two classes of label map '{Name}' would be named '{same.Key}'. Name them apart, or join them with Merge.", nameof(names));

        var speakers = Classes.Select(label => label.RawId).ToHashSet();
        return new LabelMap(name ?? Name, Array.ConvertAll(_rows, row => speakers.Contains(row.RawId)
            ? row with { Name = names?.GetValueOrDefault(row.Name, row.Name) ?? row.Name, Color = colors?.GetValueOrDefault(row.Name, row.Color) ?? row.Color }
            : row));
    }

    /// <summary>Translates a raw id of a label file.</summary>
    /// <param name="rawId">The id in the file.</param>
    /// <param name="trainId">The class, or 255 when ignored.</param>
    /// <returns>Whether the map knows the raw id.</returns>
    public bool TryGetTrainId(ushort rawId, out byte trainId)
    {
        bool known = rawId < _known.Length && _known[rawId];
        trainId = known ? _trainIds[rawId] : (byte)0;
        return known;
    }

    /// <summary>Says what keeps masks of this map from being compared with masks of another: the classes have the same names in the same order, or they differ.</summary>
    /// <param name="other">The other map.</param>
    /// <param name="subject">What has the classes of this map, as the sentence begins; null names the map.</param>
    /// <param name="otherSubject">What has those of the other; null names the map.</param>
    /// <returns>A sentence that names the first class that differs; null where none does. Raw ids and colours may differ.</returns>
    public string? FindDifference(LabelMap other, string? subject = null, string? otherSubject = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
            return null;
        string[] names = [.. Classes.Select(label => label.Name)], others = [.. other.Classes.Select(label => label.Name)];
        int id = names.AsSpan().CommonPrefixLength(others);
        if (id == names.Length && id == others.Length)
            return null;

        subject ??= $"Label map '{Name}'";
        otherSubject ??= $"label map '{other.Name}'";
        string first = id < names.Length ? $"'{names[id]}'" : "missing", second = id < others.Length ? $"'{others[id]}'" : "missing";
        if (names.Length != others.Length)
            return $"{subject} has {names.Length} classes, {otherSubject} has {others.Length}: class {id} is {first} in the first and {second} in the second.";
        return names.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal))
            ? $"{subject} and {otherSubject} have the same classes in another order: class {id} is {first} in the first and {second} in the second."
            : $"{subject} calls class {id} {first}, {otherSubject} calls it {second}.";
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({ClassCount} classes)";

    /// <summary>No raw id above it is known: 255 at least.</summary>
    internal int LargestRawId => _known.Length - 1;

    /// <summary>The train ids of the colours, as red, green and blue in one number. A class goes before what is ignored in its colour.</summary>
    /// <exception cref="InvalidDataException">Two classes have one colour.</exception>
    internal IReadOnlyDictionary<int, byte> ReadColors()
    {
        var colors = new Dictionary<int, Row>();
        foreach (var row in _rows)
        {
            int color = row.Color.R << 16 | row.Color.G << 8 | row.Color.B;
            if (!colors.TryGetValue(color, out var other) || other.TrainId == IgnoreId)
                colors[color] = row;
            else if (row.TrainId != other.TrainId && row.TrainId != IgnoreId)
                throw new InvalidDataException($"Label map '{Name}' draws '{other.Name}' and '{row.Name}' in one colour, ({row.Color.R}, {row.Color.G}, {row.Color.B}), " +
                    "so masks in colours cannot be read with it. Give each class a colour of its own.");
        }

        return colors.ToDictionary(pair => pair.Key, pair => pair.Value.TrainId);
    }

    /// <summary>A map of the same classes in which raw ids are train ids.</summary>
    internal LabelMap OfTrainIds() => new(Name, [.. Classes.Select((label, id) => new Row(label.Name, (ushort)id, (byte)id, label.Color))]);

    /// <summary>A map of the same raw ids to the classes that another map makes of this one's.</summary>
    /// <param name="classes">Names the classes of this map's train ids by their raw ids in the other.</param>
    /// <param name="labels">The other map.</param>
    /// <exception cref="ArgumentException">It does not know the raw id of a class, or no raw id of this map becomes one of its classes.</exception>
    internal LabelMap Through(LabelMap classes, LabelMap labels)
    {
        var rows = Array.ConvertAll(_rows, row => row with { TrainId = row.TrainId == IgnoreId ? IgnoreId : Translate(classes.Classes[row.TrainId]) });
        if (labels.Classes.Where((_, id) => rows.All(row => row.TrainId != id)).FirstOrDefault() is { } absent)
            throw new ArgumentException($"Label map '{labels.Name}' has the class '{absent.Name}', which is none of the classes of '{Name}'. " +
                $"Merge or rename classes of '{classes.Name}'.", nameof(labels));
        return new LabelMap(Name, rows);

        byte Translate(LabelClass label) => labels.TryGetTrainId(label.RawId, out byte trainId)
            ? trainId
            : throw new ArgumentException($"Label map '{labels.Name}' does not know raw id {label.RawId}, '{label.Name}' of '{classes.Name}'. " +
                "Merge or rename classes of that map.", nameof(labels));
    }

    /// <summary>Whether another map has the same classes in the same order, whatever their raw ids and colours.</summary>
    internal bool HasClassesOf(LabelMap other) => Classes.Select(label => label.Name).SequenceEqual(other.Classes.Select(label => label.Name));

    /// <summary>Whether another map reads label files to the same classes, whatever their colours.</summary>
    internal bool ReadsAs(LabelMap other) => HasClassesOf(other) && _known.SequenceEqual(other._known) && _trainIds.SequenceEqual(other._trainIds);

    private void RequireClasses(IEnumerable<string> names, string parameter)
    {
        foreach (string name in names)
        {
            if (!Classes.Any(label => label.Name == name))
                throw new ArgumentException(
                    $"Label map '{Name}' has no class '{name}'; its classes are {string.Join(", ", Classes.Select(label => Csv.Quote(label.Name)))}.", parameter);
        }
    }

    private void RequireNames(IEnumerable<string> names, string parameter)
    {
        foreach (string name in names)
        {
            if (!IsName(name))
                throw new ArgumentException($"A class of label map '{Name}' would be named '{name}'. {NameRule}", parameter);
        }
    }

    // A lone half of a character would not survive being written to a file.
    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name;

    /// <summary>The lines of the table: what each raw id is called, becomes and is drawn in.</summary>
    internal IEnumerable<(string Name, ushort RawId, byte TrainId, RgbColor Color)> Table =>
        _rows.Select(row => (row.Name, row.RawId, row.TrainId, row.Color));

    /// <summary>A colour for a class without one: the bit-interleaved sequence of the PASCAL VOC palette.</summary>
    internal static RgbColor Generate(int id)
    {
        int r = 0, g = 0, b = 0;
        for (int bits = id + 1, shift = 7; bits > 0; bits >>= 3, shift--)
        {
            r |= (bits & 1) << shift;
            g |= (bits >> 1 & 1) << shift;
            b |= (bits >> 2 & 1) << shift;
        }

        return new RgbColor((byte)r, (byte)g, (byte)b);
    }
}
