// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>A decoded image: <see cref="Height"/> x <see cref="Width"/> pixels of four bytes, blue, green, red, alpha.</summary>
internal sealed class PixelImage
{
    private const uint Opaque = 0xFF000000; // of a pixel read as a little-endian number

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

    /// <summary>Whether every alpha is 255.</summary>
    public bool IsOpaque()
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(Bgra.AsSpan());
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(pixels);
        var all = Vector<uint>.AllBitsSet;
        foreach (var vector in vectors)
            all &= vector;
        uint common = uint.MaxValue;
        for (int i = 0; i < Vector<uint>.Count; i++)
            common &= all[i];
        foreach (uint pixel in pixels[(vectors.Length * Vector<uint>.Count)..])
            common &= pixel;
        return common >= Opaque;
    }

    /// <summary>This image where every alpha is 255, else a copy of its colours where it is.</summary>
    public PixelImage ToOpaque()
    {
        if (IsOpaque())
            return this;
        var copy = new PixelImage(Height, Width) { FullHeight = FullHeight, FullWidth = FullWidth };
        var pixels = MemoryMarshal.Cast<byte, uint>(Bgra.AsSpan());
        var target = MemoryMarshal.Cast<byte, uint>(copy.Bgra.AsSpan());
        for (int i = 0; i < pixels.Length; i++)
            target[i] = pixels[i] | Opaque;
        return copy;
    }
}
