// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class LinearMapTests
{
    [TestMethod]
    [DataRow(10, 14)]
    [DataRow(33, 40)]
    [DataRow(40, 56)]
    public void AlignedEdges_EqualsOpenCV(int height, int width)
    {
        float[] source = Floats("cv2_linear_source_20x28.f32"), expected = Floats($"cv2_linear_20x28_to_{height}x{width}.f32");

        double[] actual = Apply(LinearMap.AlignedEdges(20, height), LinearMap.AlignedEdges(28, width), source);

        double range = source.Max() - source.Min();
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5 * range, $"row {i / width}, column {i % width}"); // OpenCV places its samples in float32
    }

    [TestMethod]
    public void AlignedCorners_ThreeToFive_AddsTheMiddles() =>
        CollectionAssert.AreEqual(new[] { 0, 5, 10, 15, 20.0 }, Apply(LinearMap.AlignedCorners(3, 5), [0, 10, 20]));

    [TestMethod]
    public void AlignedCorners_OneSample_IsItThroughout()
    {
        CollectionAssert.AreEqual(new[] { 7, 7, 7.0 }, Apply(LinearMap.AlignedCorners(1, 3), [7]));
        CollectionAssert.AreEqual(new[] { 7.0 }, Apply(LinearMap.AlignedCorners(3, 1), [7, 8, 9]));
    }

    [TestMethod]
    public void Then_IsOneMapAfterTheOther()
    {
        float[] samples = [3, 1, 4, 1, 5];
        LinearMap first = LinearMap.AlignedCorners(5, 13), second = LinearMap.AlignedEdges(13, 7);

        double[] together = Apply(first.Then(second), samples);

        double[] apart = Apply(second, [.. Apply(first, samples).Select(value => (float)value)]);
        for (int i = 0; i < apart.Length; i++)
            Assert.AreEqual(apart[i], together[i], 1e-6, $"sample {i}"); // float32 between the two
    }

    [TestMethod]
    public void Then_TwoWaysToOneSample_AreOneTap()
    {
        // Both middles of 0 and 1 come from samples 0 and 1; their middle has two taps, not four.
        var map = LinearMap.AlignedCorners(2, 4).Then(new LinearMap(4, 1, _ => [new Tap(2, 0.5), new Tap(1, 0.5)]));

        Assert.AreEqual(2, map.Of(0).Count);
        Assert.AreEqual((0, 1), (map.Of(0)[0].Index, map.Of(0)[1].Index));
        Assert.AreEqual(0.5, map.Of(0)[0].Weight, 1e-15);
    }

    [TestMethod]
    public void Reversed_GivesTheLastFirst() =>
        CollectionAssert.AreEqual(new[] { 20, 15, 10, 5, 0.0 }, Apply(LinearMap.AlignedCorners(3, 5).Reversed(), [0, 10, 20]));

    private static double[] Apply(LinearMap map, float[] samples) =>
        [.. Enumerable.Range(0, map.Length).Select(i => map.Of(i).Sum(tap => tap.Weight * samples[tap.Index]))];

    private static double[] Apply(LinearMap rows, LinearMap columns, float[] plane) =>
    [
        .. from y in Enumerable.Range(0, rows.Length)
           from x in Enumerable.Range(0, columns.Length)
           select rows.Of(y).Sum(row => columns.Of(x).Sum(column => row.Weight * column.Weight * plane[(row.Index * columns.SourceLength) + column.Index])),
    ];

    private static float[] Floats(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", name))).ToArray();
}
