// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>A label file, and what is compared with it.</summary>
/// <param name="Name">What it is called in figures: the path below the folder of labels, with <c>/</c>, which is alike for every model and on every machine.</param>
/// <param name="Label">The label file.</param>
/// <param name="Other">The image to score, or the predicted mask.</param>
internal sealed record EvaluationSample(string Name, string Label, string Other)
{
    /// <summary>The folder below that of labels, such as a city; null where there is none.</summary>
    public string? Source => Path.GetDirectoryName(Name) is { Length: > 0 } folder ? folder.Replace('\\', '/') : null;
}
