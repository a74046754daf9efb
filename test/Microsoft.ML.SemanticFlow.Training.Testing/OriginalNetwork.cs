// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Testing;

/// <summary>
/// What the authors' implementation is and gives with the formulas' weights and images: <c>Data/original-networks.json</c> holds, for every
/// network of the table, the names and shapes of its state dict as a hash and some hundred logits of each case. Made with PyTorch 1.13.
/// </summary>
internal static class OriginalNetwork
{
    private static readonly Lazy<JsonElement> _all = new(() =>
    {
        using var document = JsonDocument.Parse(TestFiles.Bytes("original-networks.json"));
        return document.RootElement.Clone();
    });

    /// <summary>The networks that the authors have; the others stand on backbones that are not theirs.</summary>
    public static IEnumerable<SegmentationNetworkInfo> All { get; } = SegmentationNetworks.All
        .Where(network => !network.Id.EndsWith("-mlnet", StringComparison.Ordinal) && !network.Id.EndsWith("-torchvision", StringComparison.Ordinal));

    public static JsonElement Of(string id) => _all.Value.GetProperty(id);

    public static IEnumerable<OriginalCase> CasesOf(string id) => Of(id).GetProperty("cases").EnumerateArray().Select(c => new OriginalCase(
        id, c.GetProperty("batch").GetInt32(), c.GetProperty("height").GetInt32(), c.GetProperty("width").GetInt32(), c.GetProperty("classes").GetInt32(),
        c.GetProperty("stride").GetInt32(), [.. c.GetProperty("logits").Numbers().Select(v => (float)v)], c.GetProperty("float32_error").Number()));
}

/// <summary>Logits of the authors' network on images of the formula.</summary>
/// <param name="Id">The network.</param>
/// <param name="Batch">Images.</param>
/// <param name="Height">Rows of each.</param>
/// <param name="Width">Columns of each.</param>
/// <param name="Classes">Classes of the network.</param>
/// <param name="Stride">Every so many of the logits [N, K, H, W] are kept.</param>
/// <param name="Logits">Those kept.</param>
/// <param name="Float32Error">How far float32 is from double in the authors' network itself.</param>
internal sealed record OriginalCase(string Id, int Batch, int Height, int Width, int Classes, int Stride, float[] Logits, double Float32Error)
{
    /// <summary>Fails, naming the first place, when logits differ by more than ten times what float32 costs the original itself.</summary>
    public void AssertEqual(float[] logits)
    {
        float[] sample = [.. Enumerable.Range(0, (logits.Length + Stride - 1) / Stride).Select(i => logits[i * Stride])];
        GoldenNetwork.AssertClose(Logits, sample, 10 * Float32Error, $"{Id}, {Batch} x {Height} x {Width}, {Classes} classes");
    }
}
