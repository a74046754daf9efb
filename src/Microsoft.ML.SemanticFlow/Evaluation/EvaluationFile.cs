// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json.Serialization;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>A saved evaluation: either its images, or their sum where they were not kept.</summary>
/// <param name="Format"><see cref="Current"/>.</param>
/// <param name="Labels">The classes.</param>
/// <param name="Images">The images, in order.</param>
/// <param name="Sum">The sum.</param>
internal sealed record EvaluationFile(string Format, EvaluationFile.LabelSpace Labels, IEnumerable<EvaluationFile.Image>? Images = null, EvaluationFile.Total? Sum = null)
{
    /// <summary>Names the form of the file; another form gets another number.</summary>
    public const string Current = "semanticflow-evaluation-1";

    /// <param name="Name">The label map's name.</param>
    /// <param name="Table">Its table, as <see cref="LabelMap.ToCsv"/> writes it.</param>
    internal sealed record LabelSpace(string Name, string Table);

    /// <param name="Ignored">Pixels that do not count.</param>
    /// <param name="Counts">Three numbers a pair of ids, in order: actual, predicted (255 is no class), pixels.</param>
    /// <param name="Name">What the image is found by.</param>
    /// <param name="Source">The part of the data it belongs to.</param>
    internal sealed record Image(int Ignored, int[] Counts, string? Name = null, string? Source = null);

    /// <param name="Images">How many images.</param>
    /// <param name="Ignored">Pixels that do not count.</param>
    /// <param name="Counts">As of an image.</param>
    internal sealed record Total(long Images, long Ignored, long[] Counts);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EvaluationFile))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
