// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Numerics.Tensors;

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

        int length = width * 3;
        var rented = ArrayPool<double>.Shared.Rent((2 * radius + 1) * length + (width + 2 * radius) * 3 + 2 * length);
        var ring = rented.AsSpan(0, (2 * radius + 1) * length);
        var padded = rented.AsSpan(ring.Length, (width + 2 * radius) * 3);
        var sum = rented.AsSpan(ring.Length + padded.Length, length);
        var pair = rented.AsSpan(ring.Length + padded.Length + length, length);

        // The ring holds the source rows that the next output row needs, since output overwrites them.
        for (int row = -radius; row < radius; row++)
            Load(bgra, Math.Clamp(row, 0, height - 1), width, RingRow(ring, row, radius, length));
        for (int y = 0; y < height; y++)
        {
            Load(bgra, Math.Min(y + radius, height - 1), width, RingRow(ring, y + radius, radius, length));
            var vertical = padded.Slice(radius * 3, length);
            TensorPrimitives.Multiply(RingRow(ring, y, radius, length), weights[0], vertical);
            for (int distance = radius; distance > 0; distance--)
            {
                TensorPrimitives.Add<double>(RingRow(ring, y - distance, radius, length), RingRow(ring, y + distance, radius, length), pair);
                TensorPrimitives.MultiplyAdd<double>(pair, weights[distance], vertical, vertical);
            }

            for (int i = 0; i < radius; i++)
            {
                vertical[..3].CopyTo(padded[(i * 3)..]);
                vertical[^3..].CopyTo(padded[((width + radius + i) * 3)..]);
            }

            TensorPrimitives.Multiply(vertical, weights[0], sum);
            for (int distance = radius; distance > 0; distance--)
            {
                TensorPrimitives.Add<double>(padded.Slice((radius - distance) * 3, length), padded.Slice((radius + distance) * 3, length), pair);
                TensorPrimitives.MultiplyAdd<double>(pair, weights[distance], sum, sum);
            }

            Store(sum, bgra.Slice(y * width * 4, width * 4));
        }

        ArrayPool<double>.Shared.Return(rented);
    }

    private static Span<double> RingRow(Span<double> ring, int row, int radius, int length)
    {
        int count = 2 * radius + 1;
        return ring.Slice((row + count) % count * length, length);
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
