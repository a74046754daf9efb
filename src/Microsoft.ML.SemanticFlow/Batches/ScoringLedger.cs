// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>The ledger of a shard of scoring: which images are done.</summary>
internal sealed class ScoringLedger : IDisposable
{
    /// <summary>The folder of all ledgers, in the output folder.</summary>
    public const string Folder = "shards";

    /// <summary>The file of the names of all images, a JSON string a line.</summary>
    public const string Inputs = "images.txt";

    /// <summary>How the names of ledgers end.</summary>
    public const string Ending = ".ledger";

    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Ledger _ledger;

    private ScoringLedger(Ledger ledger) => (_ledger, Done) = (ledger, ledger.Lines.Select(Read).ToHashSet(StringComparer.Ordinal));

    /// <summary>The names of the images that earlier starts wrote.</summary>
    public IReadOnlySet<string> Done { get; }

    /// <summary>Opens the ledger of a plan, or begins it.</summary>
    /// <exception cref="InvalidDataException">Other work has been done in the output folder, or the ledger is damaged.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    public static ScoringLedger Open(ScoringPlan plan, SegmentationModel model, InferenceOptions inference)
    {
        string folder = Path.Combine(plan.Output, Folder);
        Directory.CreateDirectory(folder);
        string file = string.Create(CultureInfo.InvariantCulture, $"{plan.Shard.Index + 1:d4}-of-{plan.Shard.Count:d4}{Ending}");
        var work = new ShardWork(
            plan.InputCount, plan.HashInputs(), plan.Shard.Index, plan.Shard.Count, model.Scorer.Description.WeightsSha256,
            inference.Scales, inference.Flip, inference.SlidingWindow, plan.Endings);
        var ledger = Ledger.Open(Path.Combine(folder, file), work.Write());
        try
        {
            // Every shard writes the same; one that is left of other images goes.
            AtomicFile.Write(Path.Combine(folder, Inputs), Encoding.UTF8.GetBytes(string.Concat(plan.Inputs.Select(name => JsonSerializer.Serialize(name, _json) + "\n"))));
            return new ScoringLedger(ledger);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>The name that a line holds, in a ledger or in the list of inputs.</summary>
    /// <exception cref="InvalidDataException">It holds none.</exception>
    public static string Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(line) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"A line of a ledger, {Excerpt.Of(line)}, names no image. Delete the folder '{Folder}' of the output, and start again.", e);
        }
    }

    /// <summary>Keeps that an image is done: all its files are there.</summary>
    public void Add(string name) => _ledger.Add(JsonSerializer.Serialize(name, _json));

    public void Dispose() => _ledger.Dispose();
}
