// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Resizes images and masks, bit for bit as Pillow does.</summary>
/// <remarks>
/// Images: a horizontal and a vertical pass, 8 bits between them, antialiased when shrinking. A window of the resized image
/// is computed alone, at the cost of the window.
/// </remarks>
internal static class Resampling
{
    private const int Half = 1 << (ResamplingWeights.FractionBits - 1);

    /// <summary>Resizes an image.</summary>
    public static PixelImage Resize(PixelImage source, int height, int width, ResamplingFilter filter) =>
        Resize(source, height, width, filter, new PixelBox(0, 0, height, width));

    /// <summary>Resizes an image into memory of the pool: dispose the result.</summary>
    public static PixelImage ResizeRented(PixelImage source, int height, int width, ResamplingFilter filter)
    {
        var result = PixelImage.Rent(height, width);
        Resize(source, height, width, filter, new PixelBox(0, 0, height, width), result.Bgra, width);
        return result;
    }

    /// <summary>Resizes an image and keeps a window of the result.</summary>
    /// <param name="source">The image.</param>
    /// <param name="height">Rows of the whole resized image.</param>
    /// <param name="width">Columns of the whole resized image.</param>
    /// <param name="filter">How pixels are made.</param>
    /// <param name="window">The part of the resized image that is wanted; inside it.</param>
    public static PixelImage Resize(PixelImage source, int height, int width, ResamplingFilter filter, PixelBox window)
    {
        var result = new PixelImage(window.Height, window.Width);
        Resize(source, height, width, filter, window, result.Bgra, window.Width);
        return result;
    }

    /// <summary>Resizes an image and writes a window of the result into other pixels.</summary>
    /// <param name="source">The image.</param>
    /// <param name="height">Rows of the whole resized image.</param>
    /// <param name="width">Columns of the whole resized image.</param>
    /// <param name="filter">How pixels are made.</param>
    /// <param name="window">The part of the resized image that is wanted; inside it.</param>
    /// <param name="target">Takes the window from its first byte on.</param>
    /// <param name="targetWidth">Pixels from one row of <paramref name="target"/> to the next.</param>
    public static void Resize(PixelImage source, int height, int width, ResamplingFilter filter, PixelBox window, Span<byte> target, int targetWidth)
    {
        ArgumentNullException.ThrowIfNull(source);
        CheckWindow(height, width, window);
        if (filter == ResamplingFilter.Nearest)
        {
            Pick<uint>(MemoryMarshal.Cast<byte, uint>(source.Bgra), source.Height, source.Width, height, width, window, MemoryMarshal.Cast<byte, uint>(target), targetWidth);
            return;
        }

        if (source.Height == height)
        {
            Horizontal(source.Bgra[(window.Top * source.Width * 4)..], source.Width, window.Height, width, window, filter, target, targetWidth);
            return;
        }

        using var rows = new ResamplingWeights(source.Height, height, window.Top, window.Height, filter);
        int first = rows.Start(0);
        int count = rows.End(window.Height - 1) - first;
        var pixels = source.Bgra[(first * source.Width * 4)..];
        if (source.Width == width)
        {
            Vertical(pixels[(window.Left * 4)..], source.Width * 4, rows, first, window, target, targetWidth);
            return;
        }

        var between = ArrayPool<byte>.Shared.Rent(count * window.Width * 4);
        Horizontal(pixels, source.Width, count, width, window, filter, between, window.Width);
        Vertical(between, window.Width * 4, rows, first, window, target, targetWidth);
        ArrayPool<byte>.Shared.Return(between);
    }

    /// <summary>Resizes class ids by taking, for each new pixel, the one whose area holds its centre.</summary>
    public static byte[] Nearest(ReadOnlySpan<byte> ids, int height, int width, int newHeight, int newWidth)
    {
        var result = GC.AllocateUninitializedArray<byte>(checked(newHeight * newWidth));
        Nearest(ids, height, width, newHeight, newWidth, new PixelBox(0, 0, newHeight, newWidth), result, newWidth);
        return result;
    }

    /// <summary>Resizes class ids and writes a window of the result into other ids.</summary>
    public static void Nearest(ReadOnlySpan<byte> ids, int height, int width, int newHeight, int newWidth, PixelBox window, Span<byte> target, int targetWidth)
    {
        CheckWindow(newHeight, newWidth, window);
        Pick(ids, height, width, newHeight, newWidth, window, target, targetWidth);
    }

    private static void Pick<T>(ReadOnlySpan<T> source, int height, int width, int newHeight, int newWidth, PixelBox window, Span<T> target, int targetWidth)
    {
        var rented = ArrayPool<int>.Shared.Rent(window.Height + window.Width);
        var rows = rented.AsSpan(0, window.Height);
        var columns = rented.AsSpan(window.Height, window.Width);
        FillNearest(height, newHeight, window.Top, rows);
        FillNearest(width, newWidth, window.Left, columns);
        for (int y = 0; y < rows.Length; y++)
        {
            var to = target.Slice(y * targetWidth, columns.Length);
            if (y > 0 && rows[y] == rows[y - 1])
            {
                target.Slice((y - 1) * targetWidth, columns.Length).CopyTo(to);
                continue;
            }

            var from = source.Slice(rows[y] * width, width);
            for (int x = 0; x < to.Length; x++)
                to[x] = from[columns[x]];
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    /// <summary>Pillow steps from centre to centre by adding: the rounding of the sums decides pixels at ties.</summary>
    private static void FillNearest(int size, int newSize, int first, Span<int> positions)
    {
        double step = (double)size / newSize;
        double at = step * 0.5;
        for (int i = 0; i < first + positions.Length; i++, at += step)
        {
            if (i >= first)
                positions[i - first] = Math.Min((int)at, size - 1);
        }
    }

    private static void Horizontal(ReadOnlySpan<byte> source, int sourceWidth, int rows, int width, PixelBox window, ResamplingFilter filter, Span<byte> target, int targetWidth)
    {
        if (sourceWidth == width)
        {
            for (int row = 0; row < rows; row++)
                source.Slice((row * sourceWidth + window.Left) * 4, window.Width * 4).CopyTo(target[(row * targetWidth * 4)..]);
            return;
        }

        using var columns = new ResamplingWeights(sourceWidth, width, window.Left, window.Width, filter);
        // Two rows at a time: they share weights and positions.
        int y = 0;
        for (; y + 1 < rows; y += 2)
        {
            var from = MemoryMarshal.Cast<byte, uint>(source.Slice(y * sourceWidth * 4, sourceWidth * 8));
            var to = MemoryMarshal.Cast<byte, uint>(target.Slice(y * targetWidth * 4, window.Width * 4));
            var toNext = MemoryMarshal.Cast<byte, uint>(target.Slice((y + 1) * targetWidth * 4, window.Width * 4));
            for (int x = 0; x < to.Length; x++)
            {
                var weights = columns.Of(x);
                var pixels = from.Slice(columns.Start(x), weights.Length);
                var nextPixels = from.Slice(columns.Start(x) + sourceWidth, weights.Length);
                var sum = Vector256.Create(Half);
                for (int tap = 0; tap < weights.Length; tap++)
                    sum += Widen(pixels[tap], nextPixels[tap]) * Vector256.Create(weights[tap]);
                var words = Clip(sum);
                ulong both = Vector128.Narrow(words, words).AsUInt64().ToScalar();
                (to[x], toNext[x]) = ((uint)both, (uint)(both >> 32));
            }
        }

        if (y < rows)
        {
            var from = MemoryMarshal.Cast<byte, uint>(source.Slice(y * sourceWidth * 4, sourceWidth * 4));
            var to = MemoryMarshal.Cast<byte, uint>(target.Slice(y * targetWidth * 4, window.Width * 4));
            for (int x = 0; x < to.Length; x++)
            {
                var weights = columns.Of(x);
                var pixels = from.Slice(columns.Start(x), weights.Length);
                var sum = Vector128.Create(Half);
                for (int tap = 0; tap < weights.Length; tap++)
                    sum += Widen(pixels[tap]) * Vector128.Create(weights[tap]);
                to[x] = Narrow(sum);
            }
        }
    }

    private static void Vertical(ReadOnlySpan<byte> source, int stride, in ResamplingWeights rows, int first, PixelBox window, Span<byte> target, int targetWidth)
    {
        int length = window.Width * 4;
        for (int y = 0; y < window.Height; y++)
        {
            var weights = rows.Of(y);
            var from = source[((rows.Start(y) - first) * stride)..];
            var to = target.Slice(y * targetWidth * 4, length);
            int x = 0;
            for (; x + 16 <= length; x += 16)
            {
                var low = Vector256.Create(Half);
                var high = low;
                for (int tap = 0; tap < weights.Length; tap++)
                {
                    var words = Vector256.WidenLower(Vector128.Create(from.Slice(tap * stride + x, 16)).ToVector256Unsafe());
                    var weight = Vector256.Create(weights[tap]);
                    low += Vector256.WidenLower(words).AsInt32() * weight;
                    high += Vector256.WidenUpper(words).AsInt32() * weight;
                }

                Vector128.Narrow(Clip(low), Clip(high)).CopyTo(to[x..]);
            }

            for (; x < length; x += 4)
            {
                var sum = Vector128.Create(Half);
                for (int tap = 0; tap < weights.Length; tap++)
                    sum += Widen(MemoryMarshal.Read<uint>(from[(tap * stride + x)..])) * Vector128.Create(weights[tap]);
                MemoryMarshal.Write(to[x..], Narrow(sum));
            }
        }
    }

    /// <summary>Eight sums to eight samples of 16 bits, none past 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Clip(Vector256<int> sum)
    {
        var samples = Vector256.Min(Vector256.Max(sum >> ResamplingWeights.FractionBits, Vector256<int>.Zero), Vector256.Create(255)).AsUInt32();
        return Vector128.Narrow(samples.GetLower(), samples.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(uint pixel, uint next) =>
        Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel | (ulong)next << 32).AsByte()).ToVector256Unsafe()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(uint pixel) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Narrow(Vector128<int> sum)
    {
        var samples = Vector128.Min(Vector128.Max(sum >> ResamplingWeights.FractionBits, Vector128<int>.Zero), Vector128.Create(255)).AsUInt32();
        var words = Vector128.Narrow(samples, samples);
        return Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }

    private static void CheckWindow(int height, int width, PixelBox window)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (window.Top < 0 || window.Left < 0 || window.Height <= 0 || window.Width <= 0 || window.Top > height - window.Height || window.Left > width - window.Width)
            throw new ArgumentOutOfRangeException(nameof(window), $"The window {window} does not lie inside {height} x {width} pixels.");
    }
}
