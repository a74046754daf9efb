// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class GaussianBlurTests
{
    private static byte[] Source => PixelAssert.ToBgra(GoldenFormula.Images("aug", 1, 96, 144));

    [TestMethod]
    public void Apply_SigmasOfTheReference_EqualsThem()
    {
        foreach (var step in GoldenData.Json("training_data", "transforms.json").GetProperty("gaussian_blur").EnumerateArray())
        {
            string file = step.GetProperty("file").GetString()!;
            var pixels = Source;

            GaussianBlur.Apply(pixels, 96, 144, step.GetProperty("sigma").GetDouble());

            PixelAssert.AreEqual(GoldenData.Bytes("training_data", file), PixelAssert.ToRgb(pixels), 144, 3, file);
        }
    }

    [TestMethod]
    public void Apply_FileOfThisProject_EqualsIt()
    {
        var pixels = Source;

        GaussianBlur.Apply(pixels, 96, 144, 0.955);

        PixelAssert.AreEqual(TestFiles.Bytes("blur_sigma0.95500_96x144x3.u8"), PixelAssert.ToRgb(pixels), 144, 3, "blur");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 3)]
    public void Apply_PictureSmallerThanTheKernel_RepeatsItsEdges(int height, int width)
    {
        var pixels = new byte[height * width * 4];
        Array.Fill(pixels, (byte)200);

        GaussianBlur.Apply(pixels, height, width, 1.3);

        // 200, or one less where the weights sum to just under 1: the original cuts off, it does not round.
        foreach (byte value in pixels)
            Assert.IsTrue(value is 199 or 200);
    }
}
