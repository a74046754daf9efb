// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>A decoded image: <see cref="Height"/> x <see cref="Width"/> pixels of four bytes, blue, green, red, alpha.</summary>
internal sealed class PixelImage
{
    public PixelImage(int height, int width)
        : this(height, width, GC.AllocateUninitializedArray<byte>(checked(height * width * 4)))
    {
    }

    public PixelImage(int height, int width, byte[] bgra)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bgra.Length, checked(height * width * 4));
        (Height, Width, Bgra) = (height, width, bgra);
    }

    public int Height { get; }

    public int Width { get; }

    public byte[] Bgra { get; }

    /// <summary>Rows of the image in its file: more than <see cref="Height"/> when it was decoded at a reduced size.</summary>
    public int FullHeight { get => field == 0 ? Height : field; init; }

    /// <summary>Columns of the image in its file.</summary>
    public int FullWidth { get => field == 0 ? Width : field; init; }
}
