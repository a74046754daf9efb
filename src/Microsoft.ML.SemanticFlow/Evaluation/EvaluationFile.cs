// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>A saved evaluation: either its images, or their sum where they were not kept.</summary>
/// <param name="Format"><see cref="Plain"/>, or <see cref="Measuring"/>.</param>
/// <param name="Labels">The classes.</param>
/// <param name="Images">The images, in order.</param>
/// <param name="Sum">The sum.</param>
/// <param name="Measures">What is measured besides the counts; null where nothing is.</param>
internal sealed record EvaluationFile(
    string Format, EvaluationFile.LabelSpace Labels, IEnumerable<EvaluationFile.Image>? Images = null, EvaluationFile.Total? Sum = null,
    SegmentationEvaluationOptions? Measures = null)
{
    /// <summary>Names the form of a file of counts; another form gets another number.</summary>
    public const string Plain = "semanticflow-evaluation-1";

    /// <summary>Names the form of a file that holds measures too.</summary>
    public const string Measuring = "semanticflow-evaluation-2";

    /// <summary>The options as the file writes them: two evaluations add where these texts are equal.</summary>
    public static string Describe(SegmentationEvaluationOptions options) => JsonSerializer.Serialize(options, EvaluationJson.Default.SegmentationEvaluationOptions);

    /// <param name="Name">The label map's name.</param>
    /// <param name="Table">Its table, as <see cref="LabelMap.ToCsv"/> writes it.</param>
    internal sealed record LabelSpace(string Name, string Table);

    /// <param name="Ignored">Pixels that do not count.</param>
    /// <param name="Counts">Three numbers a pair of ids, in order: actual, predicted (255 is no class), pixels.</param>
    /// <param name="Name">What the image is found by.</param>
    /// <param name="Source">The part of the data it belongs to.</param>
    /// <param name="Measured">The numbers of its measures, one behind the other.</param>
    /// <param name="Suspects">Eight numbers a region: those of <see cref="SegmentationSuspect.Numbers"/>.</param>
    internal sealed record Image(int Ignored, int[] Counts, string? Name = null, string? Source = null, Int128[]? Measured = null, long[]? Suspects = null);

    /// <param name="Images">How many images.</param>
    /// <param name="Ignored">Pixels that do not count.</param>
    /// <param name="Counts">As of an image.</param>
    /// <param name="Measured">As of an image.</param>
    internal sealed record Total(long Images, long Ignored, long[] Counts, Int128[]? Measured = null);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EvaluationFile))]
[JsonSerializable(typeof(SegmentationEvaluationOptions))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
