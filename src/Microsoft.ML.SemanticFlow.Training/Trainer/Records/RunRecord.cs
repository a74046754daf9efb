// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary><c>run.json</c>: what is run, and every start of it. Starts are added, never taken away.</summary>
internal sealed record RunRecord
{
    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // class names stay readable; the file is no web page
    };

    public required string Network { get; init; }

    public required LabelsRecord Labels { get; init; }

    public required int Seed { get; init; }

    /// <summary>The options that decide what is learnt.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>How the last start ended; "running" also when its process was killed.</summary>
    public string State => Starts is [.., { End.State: var state }] ? state : "running";

    public required IReadOnlyList<StartRecord> Starts { get; init; }

    /// <summary>Reads a record.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="InvalidDataException">The file is no record.</exception>
    public static RunRecord? Read(string path)
    {
        if (!Path.Exists(path))
            return null;
        try
        {
            var record = JsonSerializer.Deserialize<RunRecord>(RegularFile.ReadAllBytes(path), _json);
            return record is not null && !record.Starts.Contains(null!) // the annotations bind no file's lists
                ? record
                : throw new JsonException("It holds null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{path} is no record of a run: what stands at '{Excerpt.Of(e.Path ?? "$")}' (line {e.LineNumber + 1 ?? 1}) is not what belongs there. " +
                "Move it away to go on without the history it held.", e);
        }
    }

    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, _json));
}

/// <summary>The classes of a run.</summary>
internal sealed record LabelsRecord(string Name, IReadOnlyList<string> Classes);

/// <summary>One start of a run, or one resumption: when, where, with what and on what.</summary>
internal sealed record StartRecord
{
    public required DateTime At { get; init; }

    /// <summary>Epochs that were complete already.</summary>
    public required int FromEpoch { get; init; }

    /// <summary>Epochs the run is to have.</summary>
    public required int Epochs { get; init; }

    /// <summary>Seconds the run may take, which then end it before so many epochs; null without a limit, and in older records.</summary>
    public double? MaxSeconds { get; init; }

    public required VersionsRecord Versions { get; init; }

    public required MachineRecord Machine { get; init; }

    public required PlanRecord Plan { get; init; }

    public required DataFingerprint TrainingSet { get; init; }

    public DataFingerprint? ValidationSet { get; init; }

    public DataFingerprint? BoostSet { get; init; }

    public required IReadOnlyDictionary<string, string> Notes { get; init; }

    /// <summary>Why the recipe is what it is, where it was chosen for the data; null where the options came from elsewhere, and in older records.</summary>
    public IReadOnlyList<string>? Reasons { get; init; }

    /// <summary>How it ended; null while it runs, and for ever when its process was killed.</summary>
    public EndRecord? End { get; init; }
}

internal sealed record VersionsRecord(string Library, [property: JsonPropertyName("torchsharp")] string TorchSharp, string Runtime);

/// <summary>What the options left open, as it was decided.</summary>
internal sealed record PlanRecord(string Precision, bool ChannelsLast, int Threads, int LoaderThreads);

/// <summary>How a start ended.</summary>
internal sealed record EndRecord
{
    /// <summary>"finished", "cancelled" or "failed".</summary>
    public required string State { get; init; }

    public required DateTime At { get; init; }

    /// <summary>Epochs complete.</summary>
    public required int Epoch { get; init; }

    public int? BestEpoch { get; init; }

    [JsonPropertyName("best_miou")]
    public double? BestMeanIoU { get; init; }

    public required long PeakMemoryMegabytes { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Message { get; init; }
}
