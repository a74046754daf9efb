// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Numerics;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Blurs a crop: each colour channel by a sampled Gaussian, rows first, edges repeated.</summary>
internal static class GaussianBlur
{
    private const double Truncate = 4;      // in standard deviations
    private const double Unit = 1 / 255.0;  // a factor, not a divisor: results are cut off, so the last bit counts

    /// <summary>Blurs pixels of blue, green, red, alpha in place; alpha stays.</summary>
    public static void Apply(Span<byte> bgra, int height, int width, double sigma)
    {
        int radius = (int)(Truncate * sigma + 0.5);
        Span<double> weights = stackalloc double[radius + 1];
        FillWeights(weights, sigma);

        int length = width * 3, rows = 2 * radius + 1;
        var rented = ArrayPool<double>.Shared.Rent(rows * length + (width + 2 * radius) * 3 + length);
        var ring = rented.AsSpan(0, rows * length);
        var padded = rented.AsSpan(ring.Length, (width + 2 * radius) * 3);
        var sum = rented.AsSpan(ring.Length + padded.Length, length);
        Span<int> above = stackalloc int[radius + 1], below = stackalloc int[radius + 1];
        Span<int> before = stackalloc int[radius + 1], after = stackalloc int[radius + 1];
        for (int distance = 0; distance <= radius; distance++)
            (before[distance], after[distance]) = ((radius - distance) * 3, (radius + distance) * 3);

        // The ring holds the source rows that the next output row needs, since output overwrites them.
        for (int row = -radius; row < radius; row++)
            Load(bgra, Math.Clamp(row, 0, height - 1), width, ring.Slice((row + rows) % rows * length, length));
        for (int y = 0; y < height; y++)
        {
            Load(bgra, Math.Min(y + radius, height - 1), width, ring.Slice((y + radius) % rows * length, length));
            for (int distance = 0; distance <= radius; distance++)
                (above[distance], below[distance]) = ((y - distance + rows) % rows * length, (y + distance) % rows * length);
            var vertical = padded.Slice(radius * 3, length);
            Convolve(ring, above, below, weights, vertical);
            for (int i = 0; i < radius; i++)
            {
                vertical[..3].CopyTo(padded[(i * 3)..]);
                vertical[^3..].CopyTo(padded[((width + radius + i) * 3)..]);
            }

            Convolve(padded, before, after, weights, sum);
            Store(sum, bgra.Slice(y * width * 4, width * 4));
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    /// <summary>Sums samples at both sides of each, from the farthest to the nearest: the order decides the last bit.</summary>
    /// <param name="samples">All samples.</param>
    /// <param name="before">By distance, where the samples to one side begin.</param>
    /// <param name="after">By distance, where those to the other side begin.</param>
    /// <param name="weights">By distance.</param>
    /// <param name="target">Takes the sums.</param>
    private static void Convolve(ReadOnlySpan<double> samples, ReadOnlySpan<int> before, ReadOnlySpan<int> after, ReadOnlySpan<double> weights, Span<double> target)
    {
        int x = 0;
        for (; x <= target.Length - Vector<double>.Count; x += Vector<double>.Count)
        {
            var sum = new Vector<double>(samples[(before[0] + x)..]) * weights[0];
            for (int distance = weights.Length - 1; distance > 0; distance--)
                sum += (new Vector<double>(samples[(before[distance] + x)..]) + new Vector<double>(samples[(after[distance] + x)..])) * weights[distance];
            sum.CopyTo(target[x..]);
        }

        for (; x < target.Length; x++)
        {
            double sum = samples[before[0] + x] * weights[0];
            for (int distance = weights.Length - 1; distance > 0; distance--)
                sum += (samples[before[distance] + x] + samples[after[distance] + x]) * weights[distance];
            target[x] = sum;
        }
    }

    private static void FillWeights(Span<double> weights, double sigma)
    {
        int radius = weights.Length - 1;
        double total = 0;
        for (int distance = -radius; distance <= radius; distance++)
            total += weights[Math.Abs(distance)] = Math.Exp(-0.5 / (sigma * sigma) * (distance * distance));
        for (int distance = 0; distance <= radius; distance++)
            weights[distance] /= total;
    }

    private static void Load(ReadOnlySpan<byte> bgra, int row, int width, Span<double> samples)
    {
        var pixels = bgra.Slice(row * width * 4, width * 4);
        for (int x = 0; x < width; x++)
            (samples[3 * x], samples[3 * x + 1], samples[3 * x + 2]) = (pixels[4 * x] * Unit, pixels[4 * x + 1] * Unit, pixels[4 * x + 2] * Unit);
    }

    private static void Store(ReadOnlySpan<double> samples, Span<byte> pixels)
    {
        for (int x = 0; x < pixels.Length / 4; x++)
            (pixels[4 * x], pixels[4 * x + 1], pixels[4 * x + 2]) = ((byte)(samples[3 * x] * 255), (byte)(samples[3 * x + 1] * 255), (byte)(samples[3 * x + 2] * 255));
    }
}
