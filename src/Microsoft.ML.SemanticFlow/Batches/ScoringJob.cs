// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>An image to score, and the files to write.</summary>
/// <param name="Name">The image's path below the folder, with <c>/</c>.</param>
/// <param name="Image">The image.</param>
/// <param name="Stem">The files, without what each ends in.</param>
/// <param name="Endings">What they end in.</param>
internal sealed record ScoringJob(string Name, string Image, string Stem, IReadOnlyList<string> Endings)
{
    public IEnumerable<string> Files => Endings.Select(ending => Stem + ending);
}
