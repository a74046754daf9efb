// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>A line of an evaluation's ledger.</summary>
/// <param name="Counted">What an image came to.</param>
/// <param name="Name">The name of one that cannot be used; null where it was never among those to be counted.</param>
/// <param name="Skipped">Why it cannot.</param>
/// <param name="LeftOut">A file that holds no image which is read.</param>
internal sealed record EvaluatedLine(EvaluationFile.Image? Counted = null, string? Name = null, SkippedFile? Skipped = null, SkippedFile? LeftOut = null)
{
    public string Write() => JsonSerializer.Serialize(this, ShardJson.Default.EvaluatedLine);

    /// <exception cref="InvalidDataException">The line says no such thing.</exception>
    public static EvaluatedLine Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ShardJson.Default.EvaluatedLine) is { } read && (read.Counted?.Name ?? (object?)read.Skipped ?? read.LeftOut) is not null
                ? read
                : throw new JsonException();
        }
        catch (JsonException e)
        {
            throw ShardLedger.Damaged(line, e);
        }
    }
}
