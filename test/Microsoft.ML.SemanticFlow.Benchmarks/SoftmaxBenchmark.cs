// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Confidence and probabilities from a network's logits, fused against whole planes, on one thread, taking turns.</summary>
/// <remarks>
/// Both other ways enlarge K planes first. <b>Pixel by pixel</b> then loops over the classes of each pixel with <see cref="MathF.Exp"/>;
/// <b>plane by plane</b> calls System.Numerics.Tensors over whole planes.
/// </remarks>
internal static class SoftmaxBenchmark
{
    private const int Classes = 19;

    public static void Run(BenchmarkOptions options)
    {
        int height = options.Number("height", 1024), width = options.Number("width", 2048), stride = options.Number("stride", 32), turns = options.Number("turns", 7);
        int low = height / stride, across = width / stride, plane = height * width;
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, Classes * low * across).Select(_ => (random.NextSingle() * 20) - 10)];
        float[] confidence = new float[plane], probabilities = new float[Classes * plane];
        byte[] ids = new byte[plane];
        (string Name, Action Work)[] ways =
        [
            ("argmax, fused", () => FusedArgMax.Compute(logits, Classes, low, across, ids, height, width)),
            ("confidence, fused", () => FusedSoftmax.Compute(logits, Classes, low, across, confidence, [], height, width)),
            ("confidence, plane by plane", () => Planes(logits, low, across, height, width, probabilities, confidence)),
            ("confidence, pixel by pixel", () => Pixels(logits, low, across, height, width, probabilities, confidence)),
            ("probabilities, fused", () => FusedSoftmax.Compute(logits, Classes, low, across, [], probabilities, height, width)),
        ];

        var times = ways.Select(_ => new List<double>()).ToArray();
        for (int turn = -1; turn < turns; turn++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                ways[i].Work();
                if (turn >= 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Classes} classes, {low} x {across} to {height} x {width}, one thread, medians of {turns} turns"));
        for (int i = 0; i < ways.Length; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ways[i].Name,-28} {Median.Of(times[i]),8:F1} ms"));
    }

    private static void Pixels(float[] logits, int low, int across, int height, int width, float[] planes, float[] confidence)
    {
        Enlarge(logits, low, across, height, width, planes);
        int plane = height * width;
        for (int pixel = 0; pixel < plane; pixel++)
        {
            float largest = planes[pixel], sum = 0;
            for (int id = 1; id < Classes; id++)
                largest = Math.Max(largest, planes[(id * plane) + pixel]);
            for (int id = 0; id < Classes; id++)
                sum += MathF.Exp(planes[(id * plane) + pixel] - largest);
            confidence[pixel] = 1 / sum;
        }
    }

    private static void Planes(float[] logits, int low, int across, int height, int width, float[] planes, float[] confidence)
    {
        Enlarge(logits, low, across, height, width, planes);
        int plane = height * width;
        var largest = planes.AsSpan(0, plane).ToArray();
        for (int id = 1; id < Classes; id++)
            TensorPrimitives.Max(largest, planes.AsSpan(id * plane, plane), largest);
        confidence.AsSpan().Clear();
        for (int id = 0; id < Classes; id++)
        {
            var terms = planes.AsSpan(id * plane, plane);
            TensorPrimitives.Subtract(terms, largest, terms);
            TensorPrimitives.Exp(terms, terms);
            TensorPrimitives.Add(confidence, terms, confidence);
        }

        TensorPrimitives.Divide(1, confidence, confidence);
    }

    private static void Enlarge(float[] logits, int low, int across, int height, int width, float[] planes)
    {
        for (int id = 0, at = 0; id < Classes; id++)
        {
            for (int y = 0; y < height; y++)
            {
                var (top, down) = FusedArgMax.Position(y, low, height);
                for (int x = 0; x < width; x++, at++)
                {
                    var (left, right) = FusedArgMax.Position(x, across, width);
                    var corner = logits.AsSpan((((id * low) + top) * across) + left);
                    float upper = corner[0] + ((corner[1] - corner[0]) * right), lower = corner[across] + ((corner[across + 1] - corner[across]) * right);
                    planes[at] = upper + ((lower - upper) * down);
                }
            }
        }
    }
}
