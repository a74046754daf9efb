// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>What a shard's ledger is of: its first line.</summary>
/// <param name="Images">Images of all shards.</param>
/// <param name="Names">A hash of their names and order.</param>
/// <param name="Index">Which shard, from 0.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Model">What scores the images; null where masks are compared that are there already.</param>
/// <param name="Files">What the files that are written of each image end in; null where none is.</param>
/// <param name="Evaluation">What is counted; null where images are scored alone.</param>
internal sealed record ShardWork(
    int Images, string Names, int Index, int Count, ScoringWork? Model = null, IReadOnlyList<string>? Files = null, EvaluationWork? Evaluation = null)
{
    public string Write() => JsonSerializer.Serialize(this, ShardJson.Default.ShardWork);

    /// <exception cref="InvalidDataException">The line says no such thing.</exception>
    public static ShardWork Read(string line, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ShardJson.Default.ShardWork) is { Images: >= 0, Count: > 0 } work && (uint)work.Index < (uint)work.Count
                && work.Files is null != work.Evaluation is null
                ? work
                : throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                $"'{path}' is no ledger of a folder that was scored or evaluated, or was written by another version. " +
                "Name another folder, or delete that file to begin anew.", e);
        }
    }

    /// <summary>This shard's work as that of another, to compare.</summary>
    public string AsOf(int index) => (this with { Index = index }).Write();

    /// <summary>What it is of that another work is not, in words.</summary>
    public string DifferenceFrom(ShardWork other)
    {
        var nothing = new ShardWork(Images, Names, Index, Count);
        (bool Differs, string What)[] all =
        [
            (Names != other.Names, "other images"),
            (Count != other.Count, $"{Count} shards instead of {other.Count}"),
            (Model?.Weights != other.Model?.Weights, "another model"),
            (Model?.Weights == other.Model?.Weights
                && (nothing with { Model = Model }).Write() != (nothing with { Model = other.Model }).Write(), "other scales, tiles or ways to read images"),
            (Evaluation is null != other.Evaluation is null, Evaluation is null ? "masks that were written, and no evaluation" : "an evaluation, and no masks that are written"),
            (Evaluation is null == other.Evaluation is null
                && (nothing with { Evaluation = Evaluation }).Write() != (nothing with { Evaluation = other.Evaluation }).Write(), "other measures or labels"),
            (Files is not null && other.Files is not null && !Files.SequenceEqual(other.Files), "other files of each image"),
        ];
        string[] found = [.. all.Where(one => one.Differs).Select(one => one.What)];
        return found.Length > 0 ? string.Join(", ", found) : "the same, written by another version";
    }
}

/// <summary>How a model scores.</summary>
/// <param name="Weights">A hash of the model's weights.</param>
/// <param name="Gray16">How it reads gray images of 16 bits.</param>
/// <param name="Scales">Its passes.</param>
/// <param name="Flip">The same.</param>
/// <param name="Reduced">Whether it decodes no more of a JPEG file than it sees.</param>
/// <param name="Tiles">Its passes again; null where it sees whole images.</param>
internal sealed record ScoringWork(string Weights, Gray16 Gray16, IReadOnlyList<double> Scales, bool Flip, bool Reduced, SlidingWindow? Tiles = null)
{
    public static ScoringWork Of(SegmentationModel model, InferenceOptions inference) => new(
        model.Scorer.Description.WeightsSha256, model.Gray16, inference.Scales, inference.Flip, model.Execution.ReducedDecoding, inference.SlidingWindow);
}

/// <summary>What an evaluation counts.</summary>
/// <param name="Details">What is asked of the model besides its masks.</param>
/// <param name="LabelIds">Ids in the label files.</param>
/// <param name="Measures">What is measured besides the confusion matrix.</param>
/// <param name="Labels">The classes.</param>
/// <param name="MaskIds">Ids in the files of predictions; null where a model predicts.</param>
internal sealed record EvaluationWork(
    PredictionDetails Details, MaskIds LabelIds, SegmentationEvaluationOptions Measures, EvaluationFile.LabelSpace Labels, MaskIds? MaskIds = null);

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShardWork))]
[JsonSerializable(typeof(EvaluatedLine))]
internal sealed partial class ShardJson : JsonSerializerContext;
