// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

namespace QuickStart;

/// <summary>
/// How far colour alone goes: for each of 4096 colours (16 levels a channel) the class that it most often has in the training
/// scenes. No classifier that sees one pixel's colour, at this fineness, does better on the training scenes.
/// </summary>
internal sealed class ColorBaseline
{
    private readonly byte[] _classOfColor = new byte[4096];

    public ColorBaseline(string images, string masks, LabelMap labels)
    {
        var counts = new int[4096, labels.ClassCount];
        Visit(images, masks, labels, (color, id) => counts[color, id]++);
        for (int color = 0; color < 4096; color++)
        {
            for (int id = 1; id < labels.ClassCount; id++)
            {
                if (counts[color, id] > counts[color, _classOfColor[color]])
                    _classOfColor[color] = (byte)id;
            }
        }
    }

    /// <summary>IoU of each class.</summary>
    public double[] Evaluate(string images, string masks, LabelMap labels)
    {
        int classes = labels.ClassCount;
        var both = new long[classes];
        var either = new long[classes];
        Visit(images, masks, labels, (color, actual) =>
        {
            int predicted = _classOfColor[color];
            either[actual]++;
            if (predicted == actual)
                both[actual]++;
            else
                either[predicted]++;
        });
        return [.. both.Select((count, id) => (double)count / either[id])];
    }

    private static void Visit(string images, string masks, LabelMap labels, Action<int, int> pixel)
    {
        foreach (string path in Directory.EnumerateFiles(images).Order(StringComparer.Ordinal))
        {
            using var image = MLImage.CreateFromFile(path);
            var mask = SegmentationMask.Load(Path.Combine(masks, Path.GetFileName(path)), labels);
            var pixels = image.Pixels;
            for (int i = 0; i < mask.Ids.Length; i++)
                pixel((pixels[4 * i] >> 4) | (pixels[4 * i + 1] >> 4 << 4) | (pixels[4 * i + 2] >> 4 << 8), mask.Ids[i]);
        }
    }
}
