// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Pages for a browser, each in one file that loads nothing.</summary>
/// <example>
/// <code>
/// metrics.SaveReport("figures.html");                             // without images
/// evaluation.SaveReport("report.html", new SegmentationReportOptions { Title = "Street scenes" });
/// prediction.SaveReport("street.html");                           // one image: confidence, second choices, flow
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "What is reported on tells the overloads apart.")]
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
        WritePage(path, writer => InspectionPage.Write(inspection, writer));
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
        WritePage(path, writer => PredictionPage.Write(prediction, numbers, entropy, second, title ?? "One prediction", writer));
    }

    /// <summary>Writes the figures of an evaluation as a page, and as JSON in a file of the page's name that ends in <c>.json</c>.</summary>
    /// <param name="metrics">The figures. Of images they know nothing: save the report of a <see cref="SegmentationEvaluation"/> for those.</param>
    /// <param name="path">The HTML file; an earlier one is replaced.</param>
    /// <param name="options">What the page says beside the figures; null for nothing.</param>
    /// <exception cref="ArgumentException">The path ends in <c>.json</c>.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void SaveReport(this SemanticSegmentationMetrics metrics, string path, SegmentationReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Save(ReportContent.Of(metrics, null, options), path, options?.Images);
    }

    /// <summary>Writes an evaluation as a page of at most 10 MB, and its numbers as JSON in a file of the page's name that ends in <c>.json</c>.</summary>
    /// <param name="evaluation">The evaluation. One that keeps its images shows the worst, the median and the best of them, and which are behind a confusion.</param>
    /// <param name="path">The HTML file; an earlier one is replaced.</param>
    /// <param name="options">What the page says beside the figures, and where its pictures come from; null for neither.</param>
    /// <remarks>Images that cannot be read again are left out, and named in the page.</remarks>
    /// <exception cref="ArgumentException">The path ends in <c>.json</c>.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void SaveReport(this SegmentationEvaluation evaluation, string path, SegmentationReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentException.ThrowIfNullOrEmpty(path);
        Save(ReportContent.Of(evaluation.Metrics, evaluation, options), path, options?.Images);
    }

    /// <summary>Writes a page and its numbers.</summary>
    internal static void Save(ReportContent content, string path, Func<string, SegmentationReportImage?>? source)
    {
        string numbers = ReportFile.PathOf(path);
        WritePage(path, writer => EvaluationPage.Write(content, source, writer));
        AtomicFile.Write(numbers, stream => ReportFile.Write(content, stream));
    }

    /// <summary>Writes the page of two evaluations beside each other, and its numbers.</summary>
    internal static void Save(ComparisonContent content, string path, string? command)
    {
        string numbers = ReportFile.PathOf(path);
        WritePage(path, writer => ComparisonPage.Write(content, command, writer));
        AtomicFile.Write(numbers, stream => ComparisonFile.Write(content, stream));
    }

    /// <summary>Writes a page, which appears whole or not at all.</summary>
    internal static void WritePage(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        write(writer);
    });
}
