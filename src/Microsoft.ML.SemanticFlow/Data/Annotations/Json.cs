// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>A part of a JSON file, which says where it lies when it is not what it should be.</summary>
/// <param name="Element">The part.</param>
/// <param name="Place">The file and the path in it, for messages.</param>
internal readonly record struct Json(JsonElement Element, string Place)
{
    // Farther than any image reaches; beyond, whole numbers of the painters would overflow.
    private const double LargestCoordinate = 1 << 24;

    /// <summary>Whether it is an object or array of that kind.</summary>
    public bool Is(JsonValueKind kind) => Element.ValueKind == kind;

    /// <summary>Parses JSON.</summary>
    /// <param name="file">The text.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="read">Makes something of it.</param>
    /// <exception cref="InvalidDataException">It is no JSON, or not what is read.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> file, string source, Func<Json, T> read) => Guard(source, () =>
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        using var document = JsonDocument.Parse(file.Span.StartsWith(mark) ? file[mark.Length..] : file);
        return read(new Json(document.RootElement, source));
    });

    /// <summary>Reads a file of JSON, whose elements live as long as <paramref name="read"/> runs.</summary>
    public static T Read<T>(string path, Func<Json, T> read)
    {
        string source = $"'{Path.GetFileName(path)}'";
        using var file = RegularFile.OpenRead(path);
        if (file.Length > Array.MaxLength)
            throw new InvalidDataException($"{source} has {file.Length} bytes, more than can be read at once. Check the file.");
        int length = (int)file.Length;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            int count = file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false);
            return Parse(bytes.AsMemory(0, count), source, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Runs what reads JSON, and says of its faults where they are.</summary>
    public static T Guard<T>(string source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{source} is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)} It may be cut off or damaged. Export it again.", e);
        }
        catch (InvalidOperationException e) when (e.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true)
        {
            throw new InvalidDataException($"{source} holds text that is no UTF-8. Export it again.", e); // half a character
        }
    }

    /// <summary>A member that must be there.</summary>
    public Json Need(string name) => Find(name) ?? throw Fault($".{name}", "is missing");

    /// <summary>A member; null where it is missing or null.</summary>
    public Json? Find(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Fault("", "is no object");
        return Element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? new Json(member, $"{Place}.{name}")
            : null;
    }

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()!
        : throw Fault("", "is no text"); // it is no null

    /// <summary>A whole number, also one written as 3.0.</summary>
    public long Integer() => Element.ValueKind == JsonValueKind.Number
        ? Element.TryGetInt64(out long whole) ? whole
            : Element.TryGetDouble(out double real) && double.IsInteger(real) && Math.Abs(real) < 1L << 53 ? (long)real
            : throw Fault("", "is no whole number")
        : throw Fault("", "is no number");

    /// <summary>A number that is finite.</summary>
    public double Number() => Number(Element, "");

    /// <summary>The elements of an array.</summary>
    public IEnumerable<Json> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Fault("", "is no array");
        int i = 0;
        foreach (var item in Element.EnumerateArray())
            yield return new Json(item, $"{Place}[{i++}]");
    }

    /// <summary>The coordinates of points, [[x, y], ...].</summary>
    public double[] Points()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Fault("", "is no array of points");
        var points = new double[2 * Element.GetArrayLength()];
        int i = 0;
        foreach (var point in Element.EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() != 2)
                throw Fault($"[{i / 2}]", "is no pair of numbers");
            points[i] = Coordinate(point[0], i / 2);
            points[i + 1] = Coordinate(point[1], i / 2);
            i += 2;
        }

        return points;
    }

    /// <summary>The coordinates of points, [x, y, x, y, ...].</summary>
    public double[] FlatPoints()
    {
        if (Element.ValueKind != JsonValueKind.Array || Element.GetArrayLength() % 2 != 0)
            throw Fault("", "is no array of x and y in turn");
        var points = new double[Element.GetArrayLength()];
        int i = 0;
        foreach (var number in Element.EnumerateArray())
        {
            points[i] = Coordinate(number, i);
            i++;
        }

        return points;
    }

    /// <summary>What is wrong with this part.</summary>
    /// <param name="path">A part of it, such as <c>.name</c>.</param>
    /// <param name="what">What is wrong, as the sentence goes on.</param>
    public InvalidDataException Fault(string path, string what) =>
        new($"{Place}{path} {what}. Export the annotations again, or correct it.");

    private static string Reason(JsonException e)
    {
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return Excerpt.Of(end > 0 ? e.Message[..end] : e.Message).Split(" Change the reader options")[0].Split(" Path:")[0];
    }

    private double Coordinate(JsonElement number, int index)
    {
        double value = Number(number, $"[{index}]");
        return Math.Abs(value) <= LargestCoordinate ? value : throw Fault($"[{index}]", $"lies farther away than any image reaches");
    }

    private double Number(JsonElement number, string path) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Fault(path, "is no number that is read");
}
