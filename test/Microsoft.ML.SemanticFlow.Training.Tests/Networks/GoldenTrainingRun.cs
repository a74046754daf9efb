// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

/// <summary>One of the original's training runs: a network with formula weights, a batch, its labels, and what came out.</summary>
/// <param name="Configuration">Batch, height and width, such as 4x96x128.</param>
/// <param name="Id">Of the network.</param>
internal sealed record GoldenTrainingRun(string Configuration, string Id)
{
    private long[] Sizes => [.. Configuration.Split('x').Select(s => long.Parse(s, CultureInfo.InvariantCulture))];

    public JsonElement Expected { get; } = GoldenData.Json("train", Configuration, Id, "train.json");

    public Tensor Images(ScalarType precision = ScalarType.Float32) =>
        GoldenNetwork.Images("train", (int)Sizes[0], (int)Sizes[1], (int)Sizes[2]).to(precision);

    /// <param name="name">label_A or label_B.</param>
    public Tensor Labels(string name)
    {
        string[] file = name == "label_A"
            ? ["train", Configuration, $"label_A_{Configuration}.u8"]
            : ["train", Configuration, Id, $"label_B_{Configuration}.u8"];
        return tensor(GoldenData.Bytes(file), Sizes).to(ScalarType.Int64);
    }

    /// <summary>What the original's head gave: its values, and how far float32 determines them.</summary>
    public (float[] Values, long[] Shape, double Error) HeadOutput(JsonElement map) => (
        GoldenData.Floats("train", Configuration, Id, map.GetProperty("file").GetString()!),
        [.. map.GetProperty("shape").Integers().Select(s => (long)s)],
        map.GetProperty("fp32_vs_fp64_max_abs").Number());

    /// <summary>The original's outputs, to put through a loss.</summary>
    public NetworkOutput HeadOutput()
    {
        var maps = Expected.GetProperty("head_output").EnumerateObject().ToDictionary(m => m.Name, m => HeadOutput(m.Value));
        return new NetworkOutput(Of("main"), [.. Enumerable.Range(0, maps.Count - 1).Select(i => Of($"aux{i}"))]);

        Tensor Of(string name) => tensor(maps[name].Values, maps[name].Shape);
    }

    public SegmentationNetwork Network(ScalarType precision = ScalarType.Float32)
    {
        var network = GoldenNetwork.Create(Id, precision);
        network.TrainWithoutDropout();
        return network;
    }

    /// <summary>The original's CriterionSFNet.</summary>
    public static Criterion Loss(long minKept = 100_000) => new DeepSupervision(new OhemCrossEntropy(minKept: minKept));
}
