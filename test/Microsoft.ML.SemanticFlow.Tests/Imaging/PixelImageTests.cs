// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class PixelImageTests
{
    [TestMethod]
    public void ToOpaque_EveryAlpha255_IsTheSameImage()
    {
        foreach (int width in Enumerable.Range(1, 40))
        {
            var image = Filled(3, width);

            Assert.AreSame(image, image.ToOpaque());
        }
    }

    [TestMethod]
    public void ToOpaque_AnyOtherAlpha_IsACopyWithTheSameColours()
    {
        for (int pixel = 0; pixel < 3 * 17; pixel++)
        {
            var image = Filled(3, 17);
            image.Bgra[(4 * pixel) + 3] = 254;

            var opaque = image.ToOpaque();

            Assert.AreEqual(254, image.Bgra[(4 * pixel) + 3]);
            CollectionAssert.AreEqual(Filled(3, 17).Bgra, opaque.Bgra);
        }
    }

    private static PixelImage Filled(int height, int width)
    {
        var image = new PixelImage(height, width);
        for (int i = 0; i < image.Bgra.Length; i++)
            image.Bgra[i] = i % 4 == 3 ? (byte)255 : (byte)(i * 7);
        return image;
    }
}
