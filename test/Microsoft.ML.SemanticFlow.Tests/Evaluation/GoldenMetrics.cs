// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

/// <summary>Reference values of metrics, in Data/metrics beside the tests; the README there says who computed them.</summary>
internal static class GoldenMetrics
{
    // Counts are equal; what is left is fixed point, below 2e-10, and double's rounding.
    public const double Tolerance = 1e-9;

    public static string Find(params string[] parts) => TestFiles.Find(Path.Combine(["metrics", .. parts]));

    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Find(parts)));
        return document.RootElement.Clone();
    }

    public static LabelMap Labels(int classes) => LabelMap.FromClassNames("golden", [.. Enumerable.Range(0, classes).Select(id => $"class {id}")]);

    public static SegmentationMask Mask(LabelMap labels, params string[] parts) => SegmentationMask.Load(Find(parts), labels, MaskIds.Train);

    public static void AreEqual(JsonElement expected, double actual, string what)
    {
        double number = expected.Number();
        if (double.IsNaN(number))
            Assert.IsTrue(double.IsNaN(actual), $"{what}: {actual} instead of NaN");
        else
            Assert.AreEqual(number, actual, Tolerance, what);
    }

    public static void AreEqual(JsonElement expected, IReadOnlyList<double> actual, string what)
    {
        Assert.AreEqual(expected.GetArrayLength(), actual.Count, what);
        foreach (var (id, value) in actual.Index())
            AreEqual(expected[id], value, $"{what} of class {id}");
    }
}
