// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>What an evaluation compares: a model's masks or masks that are there, with labels.</summary>
internal sealed class EvaluationSubject(EvaluationPlan plan, string labelFolder, LabelMap labels, MaskIds labelIds) : IDisposable
{
    private Dictionary<string, EvaluationSample>? _byName;

    public EvaluationPlan Plan => plan;

    /// <summary>The classes, and the ids of the label files.</summary>
    public LabelMap Labels => labels;

    public MaskIds LabelIds => labelIds;

    /// <summary>The folder of images or masks.</summary>
    public required string Compared { get; init; }

    /// <summary>What scores; null where masks are read. It is disposed with this.</summary>
    public SegmentationModel? Model { get; init; }

    public string? ModelPath { get; init; }

    public InferenceOptions? Inference { get; init; }

    /// <summary>Whether nobody chose how gray images of 16 bits are read.</summary>
    public bool SaysDeep { get; init; }

    public MaskIds MaskIds { get; init; }

    /// <summary>The masks.</summary>
    public PredictionSource SourceOf(FolderEvaluationOptions options) =>
        Model is null ? PredictionSource.OfMasks(labels, MaskIds) : SemanticSegmentationCatalog.SourceOf(Model, options);

    /// <summary>The heading of a page.</summary>
    public string Title => Model is null ? $"Masks of '{Compared}'" : $"{Model.Network} on {plan.Samples.Count} images of {labels.Name}";

    /// <summary>What a page says of model and data.</summary>
    public IEnumerable<SegmentationReportFact> Facts()
    {
        if (Model is not null)
        {
            yield return new("Model", "file", ModelPath!); // a model has one
            yield return new("Model", "network", Model.Network);
            yield return new("Model", "form", $"{Model.Form}, {Model.Precision}, {(Model.Height is { } height ? $"{height} x {Model.Width} (height x width)" : "any size")}");
            if (Inference is not null)
                yield return new("Model", "scales", string.Join(", ", Inference.Scales.Select(Invariant)) + (Inference.Flip ? ", mirrored too" : ""));
        }

        yield return new("Data", Model is null ? "predictions" : "images", Compared);
        yield return new("Data", "labels", labelFolder);

        static string Invariant(double scale) => scale.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>An image for a page, by the name under which it was counted; null where it is not there.</summary>
    public SegmentationReportImage? Show(string name, CancellationToken cancellation)
    {
        _byName ??= plan.Samples.ToDictionary(sample => sample.Name);
        if (!_byName.TryGetValue(name, out var sample))
            return null;
        var truth = SegmentationMask.Load(sample.Label, labels, labelIds);
        if (Model is null)
            return new SegmentationReportImage { Truth = truth, Prediction = SegmentationMask.Load(sample.Other, labels, MaskIds) };
        var prediction = Model.PredictDetailed(sample.Other, PredictionDetails.Confidence, Inference, cancellation);
        return new SegmentationReportImage { ImagePath = sample.Other, Truth = truth, Prediction = prediction.Mask, Confidence = prediction.Confidence.ToArray() };
    }

    public void Dispose() => Model?.Dispose();
}
