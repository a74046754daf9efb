// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>The files of shards in an output folder: a ledger of each, and the list of all inputs.</summary>
internal static class ShardLedger
{
    /// <summary>The folder of all ledgers, in the output folder.</summary>
    public const string Folder = "shards";

    /// <summary>The file of the names of all images, a JSON string a line.</summary>
    public const string Inputs = "images.txt";

    /// <summary>How the names of ledgers end.</summary>
    public const string Ending = ".ledger";

    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Opens the ledger of a shard, or begins it.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="work">What is done.</param>
    /// <param name="names">The names of the images of all shards, in their order.</param>
    /// <exception cref="InvalidDataException">Other work has been done in the output folder, or the ledger is damaged.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    public static Ledger Open(string output, ShardWork work, IEnumerable<string> names)
    {
        string folder = Path.Combine(output, Folder);
        Directory.CreateDirectory(folder);
        string file = string.Create(CultureInfo.InvariantCulture, $"{work.Index + 1:d4}-of-{work.Count:d4}{Ending}");
        string path = Path.Combine(folder, file);
        var ledger = Ledger.Open(path, work.Write(), first => ShardWork.Read(first, path).DifferenceFrom(work));
        try
        {
            // Every shard writes the same; one that is left of other images goes.
            AtomicFile.Write(Path.Combine(folder, Inputs), Encoding.UTF8.GetBytes(string.Concat(names.Select(name => LineOf(name) + "\n"))));
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>What tells images from others: their names and order.</summary>
    public static string Hash(IEnumerable<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in names)
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A name as a line.</summary>
    public static string LineOf(string name) => JsonSerializer.Serialize(name, _json);

    /// <summary>The name that a line holds, in a ledger of scoring or in the list of inputs.</summary>
    /// <exception cref="InvalidDataException">It holds none.</exception>
    public static string NameIn(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(line) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw Damaged(line, e);
        }
    }

    /// <summary>That a line of a ledger is none.</summary>
    public static InvalidDataException Damaged(string line, Exception? inner = null) =>
        new($"A line of a ledger, {Excerpt.Of(line)}, says of no image that it is done. Delete the folder '{Folder}' of the output, and start again.", inner);
}
