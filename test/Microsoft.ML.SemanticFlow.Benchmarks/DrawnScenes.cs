// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Image and label files to train on: a disk or a box on noise. Noise decodes as slowly as a photograph's grain.</summary>
internal static class DrawnScenes
{
    public static LabelMap Labels { get; } = LabelMap.FromClassNames("drawn", "ground", "disk", "box");

    public static string Images(string folder) => Path.Combine(folder, "images");

    public static string Masks(string folder) => Path.Combine(folder, "labels");

    public static void Write(string folder, int count, int height, int width)
    {
        Directory.CreateDirectory(Images(folder));
        Directory.CreateDirectory(Masks(folder));
        int size = Math.Min(height, width);
        for (int i = 0; i < count; i++)
        {
            var random = new Random(i);
            var image = new PixelImage(height, width);
            byte[] ids = new byte[height * width];
            var (row, column, radius, shape) = (random.Next(height), random.Next(width), random.Next(size / 8, size / 3), 1 + i % 2);
            for (int pixel = 0; pixel < ids.Length; pixel++)
            {
                var (dy, dx) = (pixel / width - row, pixel % width - column);
                bool inside = shape == 1 ? dy * dy + dx * dx < radius * radius : Math.Max(Math.Abs(dy), Math.Abs(dx)) < radius;
                ids[pixel] = (byte)(inside ? shape : 0);
                image.Bgra.Slice(pixel * 4, 4).Fill((byte)(inside ? 100 * shape : random.Next(60)));
                image.Bgra[pixel * 4 + 3] = 255;
            }

            ImageCodec.SavePng(image, Path.Combine(Images(folder), $"{i:d3}.png"));
            new SegmentationMask(height, width, ids, Labels).Save(Path.Combine(Masks(folder), $"{i:d3}.png"));
        }
    }
}
