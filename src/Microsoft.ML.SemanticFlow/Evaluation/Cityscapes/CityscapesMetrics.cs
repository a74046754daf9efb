// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Evaluation.Instances;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The figures of the Cityscapes server: IoU and iIoU of its classes and categories, as cityscapesScripts computes them.</summary>
/// <remarks>
/// <para>
/// It judges the ids of label files. Pixels whose class the server ignores count nowhere; such a class predicted elsewhere is a miss of the actual class.
/// iIoU weighs every pixel of an instance by the usual size of its class over the instance's size, so that small instances count as much as large ones; false
/// positives have no instance and are not weighted. Cordts et al., "The Cityscapes Dataset" (CVPR 2016).
/// </para>
/// <para>A value that would be 0 / 0 is NaN and left out of the means.</para>
/// </remarks>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(CityscapesMetrics.Labels, new SegmentationEvaluationOptions { CityscapesInstances = true });
/// // evaluation.Add(truth, prediction, evidence: ...) for each image, or CityscapesServer.Evaluate of two folders
/// var metrics = new CityscapesMetrics(evaluation);
/// using var file = File.Create("resultPixelLevelSemanticLabeling.json");
/// metrics.Save(file);
/// </code>
/// </example>
public sealed class CityscapesMetrics
{
    private static readonly IReadOnlyList<CityscapesClass> _classes = CityscapesClass.All;

    private readonly SegmentationConfusionMatrix _counts;
    private readonly Dictionary<string, double> _priors;

    /// <summary>Computes the figures of an evaluation.</summary>
    /// <param name="evaluation">One of <see cref="Labels"/>, with <see cref="SegmentationEvaluationOptions.CityscapesInstances"/>.</param>
    /// <exception cref="ArgumentException">It does not measure the instances of Cityscapes.</exception>
    public CityscapesMetrics(SegmentationEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        if (!evaluation.Options.CityscapesInstances)
            throw new ArgumentException(
                $"The evaluation does not measure instances. Make it with {nameof(SegmentationEvaluationOptions.CityscapesInstances)}.", nameof(evaluation));
        _counts = evaluation.Metrics.ConfusionMatrix;
        double total = _classes.Index().Sum(label => (double)_counts.GetActualCount(label.Index));
        _priors = OfClasses(id => _counts.GetActualCount(id) / total);
        ClassIoU = OfClasses(IoU);
        ClassInstanceIoU = OfClasses(id => InstanceIoU(evaluation.InstancesOf(id), id));
        CategoryIoU = OfCategories(IoU);
        CategoryInstanceIoU = OfCategories(category => InstanceIoU(evaluation, category));
        MeanClassIoU = Ratio.MeanOfDefined([.. ClassIoU.Values]);
        MeanClassInstanceIoU = Ratio.MeanOfDefined([.. ClassInstanceIoU.Values]);
        MeanCategoryIoU = Ratio.MeanOfDefined([.. CategoryIoU.Values]);
        MeanCategoryInstanceIoU = Ratio.MeanOfDefined([.. CategoryInstanceIoU.Values]);
    }

    /// <summary>The ids of Cityscapes' label files, 0 to 33, each a class of its own.</summary>
    public static LabelMap Labels => CityscapesClass.Labels;

    /// <summary>The mean of <see cref="ClassIoU"/>: the first of the server's four.</summary>
    public double MeanClassIoU { get; }

    /// <summary>The mean of <see cref="ClassInstanceIoU"/>: the second of the server's four.</summary>
    public double MeanClassInstanceIoU { get; }

    /// <summary>The mean of <see cref="CategoryIoU"/>: the third of the server's four.</summary>
    public double MeanCategoryIoU { get; }

    /// <summary>The mean of <see cref="CategoryInstanceIoU"/>: the last of the server's four.</summary>
    public double MeanCategoryInstanceIoU { get; }

    /// <summary>IoU by class; NaN for those that the server ignores.</summary>
    public IReadOnlyDictionary<string, double> ClassIoU { get; }

    /// <summary>iIoU by class; NaN for those without instances.</summary>
    public IReadOnlyDictionary<string, double> ClassInstanceIoU { get; }

    /// <summary>IoU by category.</summary>
    public IReadOnlyDictionary<string, double> CategoryIoU { get; }

    /// <summary>iIoU by category; NaN for all but human and vehicle.</summary>
    public IReadOnlyDictionary<string, double> CategoryInstanceIoU { get; }

    /// <summary>Writes the figures as JSON, with the keys of cityscapesScripts.</summary>
    /// <param name="stream">Takes the JSON; stays open.</param>
    /// <remarks>What is NaN is null: the original writes a bare NaN, which JSON lacks.</remarks>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        Write("averageScoreCategories", MeanCategoryIoU);
        Write("averageScoreClasses", MeanClassIoU);
        Write("averageScoreInstCategories", MeanCategoryInstanceIoU);
        Write("averageScoreInstClasses", MeanClassInstanceIoU);
        WriteAll("categoryInstScores", CategoryInstanceIoU);
        WriteAll("categoryScores", CategoryIoU);
        WriteAll("classInstScores", ClassInstanceIoU);
        WriteAll("classScores", ClassIoU);
        json.WriteStartArray("confMatrix");
        foreach (var row in _counts.GetCounts())
        {
            json.WriteStartArray();
            foreach (long count in row)
                json.WriteNumberValue(count);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        WriteAll("labels", OfClasses(id => id));
        WriteAll("priors", _priors);
        json.WriteEndObject();

        void Write(string key, double value)
        {
            if (double.IsNaN(value))
                json.WriteNull(key);
            else
                json.WriteNumber(key, value);
        }

        void WriteAll(string key, IReadOnlyDictionary<string, double> values)
        {
            json.WriteStartObject(key);
            foreach (var (name, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                Write(name, value);
            json.WriteEndObject();
        }
    }

    private static Dictionary<string, double> OfClasses(Func<int, double> figure) => _classes.Index().ToDictionary(label => label.Item.Name, label => figure(label.Index));

    private static Dictionary<string, double> OfCategories(Func<string, double> figure) =>
        _classes.Select(label => label.Category).Distinct().ToDictionary(category => category, figure);

    private static IEnumerable<int> Ids(Func<CityscapesClass, bool> which) => _classes.Index().Where(label => which(label.Item)).Select(label => label.Index);

    private double IoU(int id)
    {
        if (!_classes[id].Evaluated)
            return double.NaN;
        double hit = _counts[id, id];
        return hit / (_counts.GetActualCount(id) + FalsePositives(id));
    }

    private double InstanceIoU((double Count, double Hit, double OfCategory) instances, int id)
    {
        if (!_classes[id].HasInstances)
            return double.NaN;
        double size = _classes[id].MeanSize!.Value; // it has instances
        return size * instances.Hit / (size * instances.Count + FalsePositives(id));
    }

    private double FalsePositives(int id) => Ids(label => label.Evaluated).Where(other => other != id).Sum(other => (double)_counts[other, id]);

    private double IoU(string category)
    {
        int[] own = [.. Ids(label => label.Evaluated && label.Category == category)];
        double hit = own.Sum(actual => own.Sum(predicted => (double)_counts[actual, predicted]));
        return own.Length == 0 ? double.NaN : hit / (own.Sum(actual => (double)_counts.GetActualCount(actual)) + FalsePositives(category, own));
    }

    private double InstanceIoU(SegmentationEvaluation evaluation, string category)
    {
        if (!CityscapesClass.CategoriesOfInstances.Contains(category))
            return double.NaN;
        double hit = 0, all = 0;
        foreach (int id in Ids(label => label.HasInstances && label.Category == category))
        {
            var instances = evaluation.InstancesOf(id);
            hit += _classes[id].MeanSize!.Value * instances.OfCategory; // it has instances
            all += _classes[id].MeanSize!.Value * instances.Count;
        }

        return hit / (all + FalsePositives(category, [.. Ids(label => label.Category == category)]));
    }

    private double FalsePositives(string category, int[] predicted) =>
        Ids(label => label.Evaluated && label.Category != category).Sum(actual => predicted.Sum(id => (double)_counts[actual, id]));
}
