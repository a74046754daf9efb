// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Encodings.Web;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The numbers of a comparison as JSON.</summary>
internal static class ComparisonFile
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(ComparisonContent content, Stream stream) => JsonSerializer.Serialize(stream, ToFigures(content), _json);

    /// <summary>The numbers, for a serializer. One that does not exist is null.</summary>
    public static object ToFigures(ComparisonContent content) => new
    {
        format = "semanticflow-comparison-1",
        a = Side(content.First),
        b = Side(content.Second),
        meanIoUDifference = Number(content.MeanIoU),
        interval = content.Drawn?.MeanIoU.Difference is { } drawn ? new { lower = Number(drawn.Lower), upper = Number(drawn.Upper), level = content.Drawn.Level } : null,
        classes = content.Labels.Classes.Select((label, id) => new
        {
            name = label.Name,
            a = Number(content.First.Metrics.PerClassIoU[id]),
            b = Number(content.Second.Metrics.PerClassIoU[id]),
            difference = Number(content.IoU(id)),
        }),
        images = content.Images.Select(image => new { name = image.Name, a = Number(image.First), b = Number(image.Second) }),
        unpairedImages = content.Unpaired,
    };

    private static object Side(ReportContent content) => new
    {
        title = content.Title,
        meanIoU = Number(content.Metrics.MeanIoU),
        pixelAccuracy = Number(content.Metrics.PixelAccuracy),
        meanClassAccuracy = Number(content.Metrics.MeanClassAccuracy),
        frequencyWeightedIoU = Number(content.Metrics.FrequencyWeightedIoU),
    };

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}
