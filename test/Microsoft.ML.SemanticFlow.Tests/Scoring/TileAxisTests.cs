// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class TileAxisTests
{
    // The original's tiles of 96 pixels (192 at scale 2) over an image of 160 x 224 at scales 0.5, 1 and 2, with a third of overlap.
    [TestMethod]
    [DataRow(80, 96, 80, new[] { 0 })]
    [DataRow(112, 96, 96, new[] { 0, 16 })]
    [DataRow(160, 96, 96, new[] { 0, 64 })]
    [DataRow(224, 96, 96, new[] { 0, 64, 128 })]
    [DataRow(320, 192, 192, new[] { 0, 128 })]
    [DataRow(448, 192, 192, new[] { 0, 128, 256 })]
    public void Create_ThirdOverlap_PlacesTilesWhereTheOriginalDoes(int size, int tile, int length, int[] starts)
    {
        var axis = TileAxis.Create(size, tile, 1.0 / 3);

        Assert.AreEqual(length, axis.Length);
        CollectionAssert.AreEqual(starts, axis.Starts.ToArray());
    }

    [TestMethod]
    public void Create_AxisMuchShorterThanATile_GivesOneTile()
    {
        // (10 - 96) / 64 rounds up to -1: one tile fewer than one.
        var axis = TileAxis.Create(10, 96, 1.0 / 3);

        Assert.AreEqual(10, axis.Length);
        CollectionAssert.AreEqual(new[] { 0 }, axis.Starts.ToArray());
    }

    [TestMethod]
    public void Blend_Mean_DividesByTheTilesOfThePixel()
    {
        // Tiles of 6 at 0 and 4 share pixels 4 and 5; the second tile's scores follow the first's.
        var map = TileAxis.Create(10, 6, 1.0 / 3).Blend(scores: 6, TileBlending.Mean);

        CollectionAssert.AreEqual(new[] { new Tap(3, 1) }, map.Of(3).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(4, 0.5), new Tap(6, 0.5) }, map.Of(4).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(5, 0.5), new Tap(7, 0.5) }, map.Of(5).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(8, 1) }, map.Of(6).ToArray());
    }

    [TestMethod]
    public void Blend_Linear_FallsOverTheOverlap()
    {
        // The centres of pixels 4 and 5 lie at a quarter and three quarters of the overlap.
        var map = TileAxis.Create(10, 6, 1.0 / 3).Blend(scores: 6, TileBlending.Linear);

        CollectionAssert.AreEqual(new[] { new Tap(0, 1) }, map.Of(0).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(4, 0.75), new Tap(6, 0.25) }, map.Of(4).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(5, 0.25), new Tap(7, 0.75) }, map.Of(5).ToArray());
        CollectionAssert.AreEqual(new[] { new Tap(11, 1) }, map.Of(9).ToArray());
    }

    [TestMethod]
    public void Blend_AnyTiling_CoversEveryPixelWithWeightsThatSumToOne() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[32, 150], Gen.Double[0, 0.95], Gen.Int[1, 40], Gen.Bool).Sample((size, tile, overlap, scores, linear) =>
        {
            var axis = TileAxis.Create(size, tile, overlap);
            var map = axis.Blend(scores, linear ? TileBlending.Linear : TileBlending.Mean);

            Assert.AreEqual(size, map.Length);
            Assert.AreEqual(size, axis.Starts[^1] + axis.Length);
            for (int pixel = 0; pixel < size; pixel++)
            {
                Assert.AreEqual(1, map.Of(pixel).Sum(tap => tap.Weight), 1e-12);
                foreach (var tap in map.Of(pixel))
                    Assert.IsTrue(tap.Weight > 0 && pixel >= axis.Starts[tap.Index / scores] && pixel < axis.Starts[tap.Index / scores] + axis.Length);
            }
        }, iter: 200);
}
