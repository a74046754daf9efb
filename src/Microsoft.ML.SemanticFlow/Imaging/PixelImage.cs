// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>A decoded image: <see cref="Height"/> x <see cref="Width"/> pixels of four bytes, blue, green, red, alpha.</summary>
/// <remarks>Dispose one from <see cref="Rent"/> when nobody reads it any more; others may be left to the garbage collector.</remarks>
internal sealed class PixelImage : IDisposable
{
    private const uint Opaque = 0xFF000000; // of a pixel read as a little-endian number

    private readonly int _length;
    private readonly bool _isRented;
    private byte[]? _bytes;                 // null once they went back to the pool; rented ones are longer than the image

    public PixelImage(int height, int width)
        : this(height, width, GC.AllocateUninitializedArray<byte>(LengthOf(height, width)), isRented: false)
    {
    }

    public PixelImage(int height, int width, byte[] bgra)
        : this(height, width, bgra, isRented: false) => ArgumentOutOfRangeException.ThrowIfNotEqual(bgra.Length, _length);

    private PixelImage(int height, int width, byte[] bytes, bool isRented)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        (Height, Width, _length, _bytes, _isRented) = (height, width, LengthOf(height, width), bytes, isRented);
    }

    public int Height { get; }

    public int Width { get; }

    public Span<byte> Bgra => Memory.Span;

    /// <summary>The bytes of <see cref="Bgra"/>.</summary>
    /// <exception cref="ObjectDisposedException">They went back to the pool.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_bytes is null, this);
            return _bytes.AsMemory(0, _length);
        }
    }

    /// <summary>Rows of the image in its file: more than <see cref="Height"/> when it was decoded at a reduced size.</summary>
    public int FullHeight { get => field == 0 ? Height : field; set; }

    /// <summary>Columns of the image in its file.</summary>
    public int FullWidth { get => field == 0 ? Width : field; set; }

    /// <summary>Whether its file stores it otherwise than it is shown.</summary>
    public bool IsTurned { get; set; }

    /// <summary>An image in memory of the shared pool, for pixels that live no longer than a call: images are large, and fresh pages cost as much as filling them.</summary>
    public static PixelImage Rent(int height, int width) => new(height, width, ArrayPool<byte>.Shared.Rent(LengthOf(height, width)), isRented: true);

    /// <summary>Whether every alpha is 255.</summary>
    public bool IsOpaque()
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(Bgra);
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

    /// <summary>A rented copy of the colours in which every alpha is 255; null when it is in this image.</summary>
    public PixelImage? ToOpaque()
    {
        if (IsOpaque())
            return null;
        var copy = Rent(Height, Width);
        var pixels = MemoryMarshal.Cast<byte, uint>(Bgra);
        var target = MemoryMarshal.Cast<byte, uint>(copy.Bgra);
        for (int i = 0; i < pixels.Length; i++)
            target[i] = pixels[i] | Opaque;
        return copy;
    }

    public void Dispose()
    {
        if (_isRented && Interlocked.Exchange(ref _bytes, null) is { } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private static int LengthOf(int height, int width) => checked(height * width * 4);
}
