// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Pages for a browser, each in one file that loads nothing.</summary>
public static class SegmentationReports
{
    /// <summary>Writes what a look at a data set found as a page: counts, classes as bars, findings, and the first images of each class with their labels.</summary>
    /// <param name="inspection">What was found. Its images are read again for the pictures, and those that cannot be are left out.</param>
    /// <param name="path">The HTML file; an earlier one is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveReport(this DatasetInspection inspection, string path)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            InspectionPage.Write(inspection, writer);
        });
    }

    /// <summary>
    /// Writes a page that explains a prediction: the mask, confidence, entropy, second choice, flow field, and what each class was confused with; the numbers as
    /// JSON beside it.
    /// </summary>
    /// <param name="prediction">With <see cref="PredictionDetails.Probabilities"/> and <see cref="PredictionDetails.Image"/>; with its flow where that was asked for.</param>
    /// <param name="path">The HTML file; an earlier one is replaced, and so is the one of its name that ends in .json.</param>
    /// <param name="title">Of the page; null for one that says no more than what it is.</param>
    /// <exception cref="ArgumentException">The name ends in .json.</exception>
    /// <exception cref="InvalidOperationException">Probabilities or the image were not asked for.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void SaveReport(this SegmentationPrediction prediction, string path, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string json = Path.ChangeExtension(path, ".json");
        if (json == path)
            throw new ArgumentException($"'{Path.GetFileName(path)}' is the name of the numbers. Let the page end in .html.", nameof(path));
        float[] entropy = prediction.GetEntropy();
        var second = prediction.GetSecondChoice();
        var numbers = PredictionNumbers.Of(prediction, entropy, second);
        AtomicFile.Write(json, stream => JsonSerializer.Serialize(stream, numbers, PredictionJson.Default.PredictionNumbers));
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            PredictionPage.Write(prediction, numbers, entropy, second, title ?? "One prediction", writer);
        });
    }
}
