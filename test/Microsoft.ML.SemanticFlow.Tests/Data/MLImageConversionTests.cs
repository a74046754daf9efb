// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class MLImageConversionTests
{
    private static readonly byte[] _bgra = [1, 2, 3, 255, 4, 5, 6, 255];

    [TestMethod]
    public void ToPixels_Bgra_KeepsTheBytes()
    {
        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, _bgra);

        var actual = MLImageConversion.ToPixels(image);

        Assert.AreEqual((1, 2), (actual.Height, actual.Width));
        CollectionAssert.AreEqual(_bgra, actual.Bgra.ToArray());
    }

    [TestMethod]
    public void ToPixels_Rgba_SwapsRedAndBlue()
    {
        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, [3, 2, 1, 255, 6, 5, 4, 255]);

        var actual = MLImageConversion.ToPixels(image);

        CollectionAssert.AreEqual(_bgra, actual.Bgra.ToArray());
    }

    [TestMethod]
    public void ToMLImage_Pixels_CanBeReadBack()
    {
        using var image = MLImageConversion.ToMLImage(new PixelImage(1, 2, _bgra));

        Assert.AreEqual((1, 2, MLPixelFormat.Bgra32), (image.Height, image.Width, image.PixelFormat));
        CollectionAssert.AreEqual(_bgra, image.Pixels.ToArray());
    }
}
