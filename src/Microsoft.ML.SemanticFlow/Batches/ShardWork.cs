// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>What a shard's ledger is of: its first line.</summary>
/// <param name="Images">Images of all shards.</param>
/// <param name="Names">A hash of their names and order.</param>
/// <param name="Index">Which shard, from 0.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Weights">A hash of the model's weights.</param>
/// <param name="Scales">How the model scores.</param>
/// <param name="Flip">The same.</param>
/// <param name="Tiles">The same.</param>
/// <param name="Files">What the files of each image end in.</param>
internal sealed record ShardWork(
    int Images, string Names, int Index, int Count, string Weights, IReadOnlyList<double> Scales, bool Flip, SlidingWindow? Tiles, IReadOnlyList<string> Files)
{
    public string Write() => JsonSerializer.Serialize(this);

    /// <exception cref="InvalidDataException">The line says no such thing.</exception>
    public static ShardWork Read(string line, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ShardWork>(line) is { Count: > 0 } work && work.Index >= 0 && work.Index < work.Count ? work : throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' is no ledger of a folder that was scored.", e);
        }
    }

    /// <summary>This shard's work as that of another, to compare.</summary>
    public string AsOf(int index) => (this with { Index = index }).Write();
}
