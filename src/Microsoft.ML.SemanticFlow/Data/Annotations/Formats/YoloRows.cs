// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>The rows of a YOLO label file: a class and the corners of a polygon, as shares of width and height.</summary>
internal static class YoloRows
{
    private const double Least = -0.01, Most = 1.01; // of a polygon's middle and size, as Ultralytics checks them

    private sealed record Row(int Class, float[] Points, string Place);

    /// <summary>Reads a file; one that is missing or empty is an image without objects.</summary>
    /// <exception cref="InvalidDataException">A row is no polygon of a class.</exception>
    public static Action<MaskCanvas> Read(string path, List<string> names)
    {
        bool isThere = new FileInfo(path) is { Exists: true, Length: > 0 };
        var rows = isThere ? Parse(path, names.Count) : [];
        return canvas =>
        {
            foreach (var row in rows)
                canvas.Add(names.Count == 1 ? names[0] : names[row.Class], row.Place, stencil => Draw(stencil, row.Points));
        };
    }

    private static void Draw(Stencil stencil, float[] shares)
    {
        var points = new int[shares.Length];
        for (int i = 0; i < points.Length; i++)
            points[i] = (int)(shares[i] * (i % 2 == 0 ? stencil.Width : stencil.Height));
        OpenCvPolygon.Fill(stencil, [points]);
    }

    private static List<Row> Parse(string path, int classes)
    {
        string source = $"'{Path.GetFileName(path)}'";
        var lines = TextLines.Read(path).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToList();

        // CVAT writes the number of a track behind each polygon.
        bool hasTracks = lines.All(line => line.Length >= 8 && line.Length % 2 == 0 && line[^1].All(char.IsAsciiDigit));
        return [.. lines.Select((line, i) => ParseRow(hasTracks ? line[..^1] : line, $"{source}, row {i + 1}", classes))];
    }

    private static Row ParseRow(string[] parts, string place, int classes)
    {
        double[] numbers = [.. parts.Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw Fault(place, $"'{Excerpt.Of(part)}' is no number"))];
        if (!double.IsInteger(numbers[0]) || numbers[0] < 0 || (classes > 1 && numbers[0] >= classes))
            throw Fault(place, $"'{Excerpt.Of(parts[0])}' is no class from 0 to {classes - 1}");
        if (numbers.Length == 5)
            throw Fault(place, "has four numbers, a box: boxes have no outline");
        if (numbers.Length % 2 == 0)
            throw Fault(place, $"has {numbers.Length - 1} coordinates, so that one has no partner");
        if (numbers.Length < 7)
            throw Fault(place, $"has {numbers.Length / 2} points, and a polygon has 3 at least");
        float[] points = [.. numbers[1..].Select(number => (float)number)];
        for (int axis = 0; axis < 2; axis++)
        {
            float[] values = [.. points.Where((_, i) => i % 2 == axis)];
            double low = values.Min(), high = values.Max();
            if ((low + high) / 2 is < Least or > Most || high - low > Most)
                throw Fault(place, "has coordinates that are no shares of the image, from 0 to 1");
        }

        return new Row((int)Math.Min(numbers[0], int.MaxValue), points, place);
    }

    private static InvalidDataException Fault(string place, string what) => new($"{place} {what}. Export the labels again, or correct it.");
}
