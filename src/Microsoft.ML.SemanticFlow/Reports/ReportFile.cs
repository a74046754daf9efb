// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Encodings.Web;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The numbers of a page as JSON: figures to read, and the counts that they and the page come from.</summary>
internal static class ReportFile
{
    /// <summary>Names the form of the file; another form gets another number.</summary>
    public const string Current = "semanticflow-report-1";

    // Class names stay readable; it is no web page.
    private static readonly JsonWriterOptions _json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the numbers of a page lie.</summary>
    /// <exception cref="ArgumentException">The page has the name that its numbers would have.</exception>
    public static string PathOf(string page)
    {
        string path = Path.ChangeExtension(page, ".json");
        return path != page
            ? path
            : throw new ArgumentException($"The page '{page}' ends in .json, as the file of numbers beside it does. Let it end in .html.", nameof(page));
    }

    public static void Write(ReportContent content, Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream, _json);
        writer.WriteStartObject();
        writer.WriteString("format", Current);
        writer.WriteString("title", content.Title);
        writer.WriteStartArray("facts");
        foreach (var fact in content.Facts)
        {
            writer.WriteStartObject();
            writer.WriteString("group", fact.Group);
            writer.WriteString("name", fact.Name);
            writer.WriteString("value", fact.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("command", content.Command);
        writer.WritePropertyName("figures");
        WriteFigures(writer, content);
        if (content.Evaluation is { } evaluation)
        {
            using var saved = new MemoryStream();
            evaluation.Save(saved);
            writer.WritePropertyName("evaluation");
            writer.WriteRawValue(saved.GetBuffer().AsSpan(0, (int)saved.Length));
        }
        else
        {
            WriteCounts(writer, content.Metrics.ConfusionMatrix);
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads the numbers of a page, or a saved evaluation alone.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static ReportContent Read(string path)
    {
        byte[] bytes = RegularFile.ReadAllBytes(path);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("format", out var format) && format.ValueEquals(Current)
                ? Read(json.RootElement)
                : Of(Load(bytes), Path.GetFileNameWithoutExtension(path));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or InvalidDataException)
        {
            throw new InvalidDataException($"'{path}' holds neither the numbers of a report nor a saved evaluation, or it is damaged: {e.Message}", e);
        }
    }

    private static ReportContent Read(JsonElement root)
    {
        var evaluation = root.TryGetProperty("evaluation", out var saved) ? Load(JsonSerializer.SerializeToUtf8Bytes(saved)) : null;
        return new ReportContent(
            root.GetProperty("title").GetString() ?? "",
            [.. root.GetProperty("facts").EnumerateArray().Select(fact => new SegmentationReportFact(Text(fact, "group"), Text(fact, "name"), Text(fact, "value")))],
            root.GetProperty("command").GetString(), evaluation?.Metrics ?? new SemanticSegmentationMetrics(ReadCounts(root.GetProperty("counts"))), evaluation);
    }

    private static ReportContent Of(SegmentationEvaluation evaluation, string title) => new(title, [], null, evaluation.Metrics, evaluation);

    private static void WriteCounts(Utf8JsonWriter writer, SegmentationConfusionMatrix counts)
    {
        writer.WriteStartObject("counts");
        writer.WriteString("name", counts.Labels.Name);
        writer.WriteString("table", counts.Labels.ToCsv());
        writer.WriteStartArray("cells");
        foreach (var (actual, predicted, count) in counts.Occupied())
        {
            writer.WriteNumberValue(actual);
            writer.WriteNumberValue(predicted);
            writer.WriteNumberValue(count);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static SegmentationConfusionMatrix ReadCounts(JsonElement saved)
    {
        var counts = new SegmentationConfusionMatrix(LabelMap.Parse(Text(saved, "name"), Text(saved, "table")));
        long[] cells = [.. saved.GetProperty("cells").EnumerateArray().Select(cell => cell.GetInt64())];
        for (int i = 0; i + 2 < cells.Length; i += 3)
        {
            if (cells[i] < 0 || cells[i] >= counts.ClassCount || cells[i + 1] is < 0 or > LabelMap.IgnoreId || cells[i + 2] is < 0 or > 1L << 53)
                throw new InvalidDataException($"{cells[i + 2]} pixels of class {cells[i]} taken for class {cells[i + 1]} cannot be.");
            counts.Add((byte)cells[i], (byte)cells[i + 1], cells[i + 2]);
        }

        return counts;
    }

    private static SegmentationEvaluation Load(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return SegmentationEvaluation.Load(stream);
    }

    private static string Text(JsonElement fact, string name) => fact.GetProperty(name).GetString() ?? "";

    private static void WriteFigures(Utf8JsonWriter writer, ReportContent content)
    {
        var metrics = content.Metrics;
        writer.WriteStartObject();
        WriteMeans(writer, metrics);
        if (content.Evaluation is { } evaluation)
        {
            writer.WriteNumber("images", evaluation.ImageCount);
            if (evaluation.Boundaries is { } boundaries)
                WriteNumber(writer, "meanBoundaryIoU", boundaries.MeanBoundaryIoU);
            if (evaluation.Calibration is { } calibration)
                WriteNumber(writer, "expectedCalibrationError", calibration.ExpectedError);
        }

        writer.WriteStartArray("classes");
        for (int id = 0; id < content.Labels.ClassCount; id++)
        {
            writer.WriteStartObject();
            writer.WriteString("name", content.Labels.Classes[id].Name);
            WriteNumber(writer, "iou", metrics.PerClassIoU[id]);
            WriteNumber(writer, "accuracy", metrics.PerClassAccuracy[id]);
            WriteNumber(writer, "dice", metrics.PerClassDice[id]);
            WriteNumber(writer, "precision", metrics.PerClassPrecision[id]);
            if (content.Evaluation?.Boundaries is { } boundaries)
                WriteNumber(writer, "boundaryIoU", boundaries.PerClassBoundaryIoU[id]);
            if (content.Evaluation?.ErrorSplit is { } split)
            {
                WriteNumber(writer, "borderLoss", split.PerClass[id].BorderLoss);
                WriteNumber(writer, "extentLoss", split.PerClass[id].ExtentLoss);
                WriteNumber(writer, "wholeLoss", split.PerClass[id].WholeLoss);
            }

            writer.WriteNumber("pixels", metrics.ConfusionMatrix.GetActualCount(id));
            writer.WriteNumber("predictedPixels", metrics.ConfusionMatrix.GetPredictedCount(id));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (content.Kept is { } kept)
        {
            writer.WriteStartArray("perImage");
            foreach (var image in kept.Images)
            {
                writer.WriteStartObject();
                writer.WriteString("name", image.Name);
                if (image.Source is not null)
                    writer.WriteString("source", image.Source);
                WriteNumber(writer, "meanIoU", image.MeanIoU);
                WriteNumber(writer, "pixelAccuracy", image.PixelAccuracy);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMeans(Utf8JsonWriter writer, SemanticSegmentationMetrics metrics)
    {
        WriteNumber(writer, "meanIoU", metrics.MeanIoU);
        WriteNumber(writer, "pixelAccuracy", metrics.PixelAccuracy);
        WriteNumber(writer, "meanClassAccuracy", metrics.MeanClassAccuracy);
        WriteNumber(writer, "frequencyWeightedIoU", metrics.FrequencyWeightedIoU);
        WriteNumber(writer, "meanDice", metrics.MeanDice);
    }

    // JSON has no NaN.
    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
