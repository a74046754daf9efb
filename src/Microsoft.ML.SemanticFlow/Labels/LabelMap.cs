// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A label space: its classes in the order of their train ids, and which raw id of a label file means which.</summary>
/// <remarks>
/// Train ids run from 0 to <see cref="ClassCount"/> - 1. A raw id is a class, ignored (train id 255), or unknown;
/// reading a mask with an unknown raw id fails.
/// </remarks>
public sealed class LabelMap
{
    /// <summary>The train id of pixels that count for nothing: 255.</summary>
    public const byte IgnoreId = 255;

    private const string Header = "name,raw_id,train_id,r,g,b";

    private const string NameRule = "A name is not empty, holds no comma, quote or line break, and neither begins nor ends with a space.";

    private readonly byte[] _trainIds = new byte[256];
    private readonly bool[] _known = new bool[256];
    private readonly Row[] _rows;

    private sealed record Row(string Name, byte RawId, byte TrainId, RgbColor Color);

    private LabelMap(string name, Row[] rows)
    {
        Name = name;
        _rows = rows;
        foreach (var row in rows)
        {
            if (_known[row.RawId])
                throw new InvalidDataException($"Label map '{name}' lists raw id {row.RawId} twice. Keep one row for it.");
            _known[row.RawId] = true;
            _trainIds[row.RawId] = row.TrainId;
        }

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
    /// <param name="name">The name of the label space.</param>
    /// <param name="classNames">The classes, in the order of their ids; 1 to 255 of them.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">A name holds a comma, a quote or a line break, which the table of <see cref="ToCsv"/> cannot.</exception>
    public static LabelMap FromClassNames(string name, params IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentOutOfRangeException.ThrowIfZero(classNames.Count, nameof(classNames));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classNames.Count, 255, nameof(classNames));
        for (int id = 0; id < classNames.Count; id++)
        {
            if (!IsName(classNames[id]))
                throw new ArgumentException($"Class {id} of label map '{name}' is named '{classNames[id]}'. {NameRule}", nameof(classNames));
        }

        return new LabelMap(name, [.. classNames.Select((text, id) => new Row(text, (byte)id, (byte)id, Generate(id)))]);
    }

    /// <summary>Reads a map from a table with the columns name, raw_id, train_id, r, g, b.</summary>
    /// <param name="path">The CSV file; its name without the ending names the map.</param>
    /// <returns>The map.</returns>
    /// <exception cref="InvalidDataException">The table is not one.</exception>
    public static LabelMap Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path));
    }

    /// <summary>Reads a map from the text of a table with the columns name, raw_id, train_id, r, g, b.</summary>
    /// <param name="name">The name of the label space.</param>
    /// <param name="csv">The table, with its header line.</param>
    /// <returns>The map.</returns>
    /// <exception cref="InvalidDataException">The table is not one.</exception>
    public static LabelMap Parse(string name, string csv)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(csv);
        var lines = csv.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != Header)
            throw new InvalidDataException($"Label map '{name}' does not start with the line '{Header}'.");

        var rows = new Row[lines.Length - 1];
        for (int line = 1; line < lines.Length; line++)
        {
            var cells = lines[line].Split(',', StringSplitOptions.TrimEntries);
            var numbers = new byte[5];
            bool valid = cells.Length == 6 && cells[0].Length > 0;
            for (int i = 0; valid && i < numbers.Length; i++)
                valid = byte.TryParse(cells[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
            if (!valid)
                throw new InvalidDataException($"Label map '{name}', line {line + 1}: '{lines[line]}' is not a name and five numbers from 0 to 255.");
            if (!IsName(cells[0]))
                throw new InvalidDataException($"Label map '{name}', line {line + 1}: the class is named '{cells[0]}'. {NameRule}");
            rows[line - 1] = new Row(cells[0], numbers[0], numbers[1], new RgbColor(numbers[2], numbers[3], numbers[4]));
        }

        return new LabelMap(name, rows);
    }

    /// <summary>Writes the map as the table that <see cref="Parse"/> reads.</summary>
    /// <returns>The table, with its header line.</returns>
    public string ToCsv()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var row in _rows)
            text.Append(CultureInfo.InvariantCulture, $"{row.Name},{row.RawId},{row.TrainId},{row.Color.R},{row.Color.G},{row.Color.B}\n");
        return text.ToString();
    }

    /// <summary>Translates a raw id of a label file.</summary>
    /// <param name="rawId">The id in the file.</param>
    /// <param name="trainId">The class, or 255 when ignored.</param>
    /// <returns>Whether the map knows the raw id.</returns>
    public bool TryGetTrainId(byte rawId, out byte trainId)
    {
        trainId = _trainIds[rawId];
        return _known[rawId];
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

    // The table has no quoting: what would need it is refused, so that every map survives being written and read.
    private static bool IsName(string? name) => name is { Length: > 0 } && name.AsSpan().IndexOfAny("\",\r\n") < 0 && name.Trim() == name;

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
