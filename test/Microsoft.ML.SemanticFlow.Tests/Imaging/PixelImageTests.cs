// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class PixelImageTests
{
    [TestMethod]
    public void ToOpaque_EveryAlpha255_IsNoCopy()
    {
        foreach (int width in Enumerable.Range(1, 40))
        {
            var image = Filled(3, width);

            Assert.IsNull(image.ToOpaque());
        }
    }

    [TestMethod]
    public void ToOpaque_AnyOtherAlpha_IsACopyWithTheSameColours()
    {
        for (int pixel = 0; pixel < 3 * 17; pixel++)
        {
            var image = Filled(3, 17);
            image.Bgra[(4 * pixel) + 3] = 254;

            using var opaque = image.ToOpaque();

            Assert.AreEqual(254, image.Bgra[(4 * pixel) + 3]);
            Assert.IsNotNull(opaque);
            CollectionAssert.AreEqual(Filled(3, 17).Bgra.ToArray(), opaque.Bgra.ToArray());
        }
    }

    [TestMethod]
    public void Rent_AnySize_HasTheBytesOfItsPixelsAlone()
    {
        using var image = PixelImage.Rent(3, 17);

        Assert.AreEqual(3 * 17 * 4, image.Bgra.Length);
    }

    [TestMethod]
    public void Dispose_Rented_PixelsCannotBeReachedAnyMore()
    {
        var image = PixelImage.Rent(3, 17);

        image.Dispose();
        image.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => image.Bgra.Length);
    }

    [TestMethod]
    public void Dispose_OwnMemory_PixelsStay()
    {
        var image = Filled(3, 17);

        image.Dispose();

        CollectionAssert.AreEqual(Filled(3, 17).Bgra.ToArray(), image.Bgra.ToArray());
    }

    private static PixelImage Filled(int height, int width)
    {
        var image = new PixelImage(height, width);
        for (int i = 0; i < image.Bgra.Length; i++)
            image.Bgra[i] = i % 4 == 3 ? (byte)255 : (byte)(i * 7);
        return image;
    }
}
