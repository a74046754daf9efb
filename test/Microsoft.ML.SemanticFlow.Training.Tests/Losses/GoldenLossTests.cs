// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

/// <summary>Every loss that the golden training runs list, on the outputs the original gave.</summary>
[TestClass]
public sealed partial class GoldenLossTests
{
    // The 19 class weights of Cityscapes that many segmentation codes share.
    private static readonly float[] _cityscapesWeights =
    [
        0.8373f, 0.918f, 0.866f, 1.0345f, 1.0166f, 0.9969f, 0.9754f, 1.0489f, 0.8786f, 1.0023f,
        0.9539f, 0.9843f, 1.1116f, 0.9037f, 1.0865f, 1.0955f, 1.0865f, 1.1529f, 1.0507f,
    ];

    [TestMethod]
    [DataRow("4x96x128", "sfnet-dfv1-dsn", "label_A")]
    [DataRow("4x96x128", "sfnet-dfv1-dsn", "label_B")]
    [DataRow("4x96x128", "sfnet-lite-r18", "label_A")]
    [DataRow("4x96x128", "sfnet-lite-r18", "label_B")]
    [DataRow("2x64x96", "sfnet-dfv1-dsn", "label_A")]
    [DataRow("2x64x96", "sfnet-dfv1-dsn", "label_B")]
    [DataRow("2x64x96", "sfnet-lite-r18", "label_A")]
    [DataRow("2x64x96", "sfnet-lite-r18", "label_B")]
    public void Compute_EveryRow_EqualsTheOriginal(string configuration, string id, string label)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenTrainingRun(configuration, id);
        var labels = run.Labels(label);
        var output = run.HeadOutput();

        foreach (var row in run.Expected.GetProperty(label).GetProperty("losses").EnumerateObject())
        {
            if (row.Name == "valid_pixels")
            {
                Assert.AreEqual(row.Value.GetInt64(), labels.IsNotEqualTo(255).sum().item<long>());
                continue;
            }

            bool counted = row.Value.ValueKind == JsonValueKind.Object;
            var expected = counted ? row.Value.GetProperty("loss") : row.Value;

            using var loss = Loss(row.Name).Compute(output, labels);

            Assert.AreEqual(expected.Number(), loss.item<float>(), 2e-6 * expected.Number(), row.Name);      // float32, summed in another order
            if (counted) Assert.AreEqual(row.Value.GetProperty("kept_pixels").GetInt64(), Kept(row.Name, output.Main, labels), row.Name);
        }
    }

    private static Criterion Loss(string row)
    {
        double threshold = Argument(row, "thresh", 0.7);
        long minKept = (long)Argument(row, "min_kept", 100_000);
        var weights = row.Contains("use_weight=True", StringComparison.Ordinal) ? _cityscapesWeights : null;
        PixelCriterion term = row.StartsWith("CrossEntropy", StringComparison.Ordinal) ? new CrossEntropy() : new OhemCrossEntropy(threshold, minKept, weights);
        return row[..row.IndexOf('(', StringComparison.Ordinal)] switch
        {
            "CriterionSFNet" => new DeepSupervision(term, Argument(row, "aux_weight", 1)),
            "OhemWithAux" => new DeepSupervision(term, [0.4, 0]),
            _ => term,
        };
    }

    private static long Kept(string row, Tensor main, Tensor labels)
    {
        var loss = new OhemCrossEntropy(Argument(row, "thresh", 0.7), (long)Argument(row, "min_kept", 100_000));
        return loss.Select(Warp.Resize(main, labels.shape[1..]), labels).IsNotEqualTo(255).sum().item<long>();
    }

    private static double Argument(string row, string name, double otherwise) =>
        Arguments().Matches(row).FirstOrDefault(m => m.Groups[1].Value == name) is { } match
            ? double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)
            : otherwise;

    [GeneratedRegex(@"(\w+)=([0-9.]+)")]
    private static partial Regex Arguments();
}
