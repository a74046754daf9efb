// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>What a checkpoint says about itself beside its tensors.</summary>
internal sealed record CheckpointInfo
{
    private const string Format = "semanticflow-checkpoint-1";

    /// <summary>Epochs completed.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimiser steps completed.</summary>
    public required long Step { get; init; }

    /// <summary>mIoU of these weights; null when they were not validated.</summary>
    public required double? MeanIoU { get; init; }

    /// <summary>The best mIoU of the validations before these weights' own; null where there was none.</summary>
    public double? BestMeanIoU { get; init; }

    /// <summary>How many of those validations came after the best one.</summary>
    public int ValidationsSinceBest { get; init; }

    /// <summary>The mean loss of the last epoch.</summary>
    public double Loss { get; init; } = double.NaN;

    public required int Seed { get; init; }

    public required string Network { get; init; }

    public required LabelMap Labels { get; init; }

    public required int CropHeight { get; init; }

    public required int CropWidth { get; init; }

    /// <summary>The options that decide what is learnt, by name.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The ratio that images are resized by when the model scores them. Earlier versions do not say it, for there was no choice.</summary>
    public double InferenceScale { get; init; } = 1;

    /// <summary>How the run reads 16-bit gray images. Earlier versions do not say it, for there was no choice.</summary>
    public Gray16 Gray16 => Options.TryGetValue(nameof(Gray16), out string? word) && Enum.TryParse<Gray16>(word, out var read) ? read : Gray16.Scale; // FromMetadata knows the word

    /// <summary>What a model exported from these weights says about itself; form and hash are the exporter's to fill in.</summary>
    public ModelDescription Describe() => new()
    {
        Network = Network,
        Form = OnnxForm.Scoring,
        Labels = Labels,
        Gray16 = Gray16,
        TrainingHeight = CropHeight,
        TrainingWidth = CropWidth,
        Scale = InferenceScale,
        WeightsSha256 = "",
    };

    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["epoch"] = Epoch.ToString(CultureInfo.InvariantCulture),
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["loss"] = Loss.ToString("R", CultureInfo.InvariantCulture),
            ["validations_since_best"] = ValidationsSinceBest.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["network"] = Network,
            ["labels.name"] = Labels.Name,
            ["labels.table"] = Labels.ToCsv(),
            ["crop_height"] = CropHeight.ToString(CultureInfo.InvariantCulture),
            ["crop_width"] = CropWidth.ToString(CultureInfo.InvariantCulture),
            ["inference_scale"] = InferenceScale.ToString("R", CultureInfo.InvariantCulture),
            ["options"] = JsonSerializer.Serialize(Options),
            ["library_version"] = typeof(CheckpointInfo).Assembly.GetName().Version?.ToString(3) ?? "",
        };
        if (MeanIoU is { } score)
            metadata["mean_iou"] = score.ToString("R", CultureInfo.InvariantCulture);
        if (BestMeanIoU is { } best)
            metadata["best_mean_iou"] = best.ToString("R", CultureInfo.InvariantCulture);
        return metadata;
    }

    /// <summary>Reads the metadata of a file.</summary>
    /// <exception cref="InvalidDataException">The file is not a checkpoint of this library.</exception>
    public static CheckpointInfo FromMetadata(IReadOnlyDictionary<string, string> metadata, string source)
    {
        if (!metadata.TryGetValue("format", out var format) || format != Format)
            throw new InvalidDataException(
                $"{source} is a safetensors file but not a checkpoint of this library: its metadata has no format '{Format}'. Name the folder of a training run.");

        string Text(string key) => metadata.TryGetValue(key, out var value)
            ? value
            : throw new InvalidDataException($"{source} lacks the metadata '{key}'. Take an earlier checkpoint, or train anew.");
        int Number(string key) => int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new InvalidDataException($"{source} has the metadata '{key}' of '{Text(key)}', which is not a number. Take an earlier checkpoint, or train anew.");

        IReadOnlyDictionary<string, string> OptionsOfTheRun()
        {
            var options = JsonSerializer.Deserialize<Dictionary<string, string>>(Text("options")) ?? [];
            return !options.TryGetValue(nameof(Gray16), out string? word) || Enum.GetNames<Gray16>().Contains(word)
                ? options
                : throw new InvalidDataException(
                    $"{source} reads 16-bit gray images by '{Excerpt.Of(word ?? "null")}', which this version does not know: update the library, or take another checkpoint.");
        }

        try
        {
            return new CheckpointInfo
            {
                Epoch = Number("epoch"),
                Step = Number("step"),
                Seed = Number("seed"),
                MeanIoU = metadata.TryGetValue("mean_iou", out var score) ? double.Parse(score, CultureInfo.InvariantCulture) : null,
                BestMeanIoU = metadata.TryGetValue("best_mean_iou", out var best) ? double.Parse(best, CultureInfo.InvariantCulture) : null,
                ValidationsSinceBest = Number("validations_since_best"),
                Loss = double.Parse(Text("loss"), CultureInfo.InvariantCulture),
                Network = Text("network"),
                Labels = LabelMap.Parse(Text("labels.name"), Text("labels.table")),
                CropHeight = Number("crop_height"),
                CropWidth = Number("crop_width"),
                InferenceScale = metadata.TryGetValue("inference_scale", out var scale) ? double.Parse(scale, CultureInfo.InvariantCulture) : 1,
                Options = OptionsOfTheRun(),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"{source} has metadata that do not read: {e.Message} Take an earlier checkpoint, or train anew.", e);
        }
    }
}
