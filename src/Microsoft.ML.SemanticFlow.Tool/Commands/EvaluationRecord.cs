// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>What shards of an evaluation were told to compare, kept beside their ledgers: a page of all of them shows images again.</summary>
internal static class EvaluationRecord
{
    private const string Name = "evaluate.json";

    /// <summary>Keeps the words of a command line. Every shard writes the same.</summary>
    public static void Write(string output, EvaluationInput input, System.CommandLine.ParseResult parsed)
    {
        string folder = Path.Combine(output, ShardLedger.Folder);
        AtomicFile.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(input.Record(parsed, folder), JsonOutput.Options));
    }

    /// <summary>Opens what was compared, where it still lies where it lay.</summary>
    /// <returns>Null where it does not, which is said.</returns>
    public static EvaluationSubject? Open(string output, Terminal terminal)
    {
        string folder = Path.Combine(output, ShardLedger.Folder), file = Path.Combine(folder, Name);
        try
        {
            return EvaluationInput.Reopen(JsonSerializer.Deserialize<string[]>(RegularFile.ReadAllBytes(file)) ?? [], folder, terminal);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or UsageException)
        {
            terminal.WriteLine($"The page has no pictures, since what was compared is not at hand: {Fault.SentenceOf(e)}");
            return null;
        }
    }
}
