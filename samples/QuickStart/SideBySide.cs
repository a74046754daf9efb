// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;
using Scenes;

namespace QuickStart;

/// <summary>One picture of three: the image, what is true, what the network says.</summary>
internal static class SideBySide
{
    public static void Save(string imagePath, SegmentationMask truth, SegmentationMask prediction, string path)
    {
        using var image = MLImage.CreateFromFile(imagePath);
        int height = image.Height, width = image.Width;
        var pixels = new byte[height * width * 3 * 4];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                int from = row * width + column, to = (row * width * 3 + column) * 4;
                image.Pixels.Slice(from * 4, 4).CopyTo(pixels.AsSpan(to));
                Paint(pixels.AsSpan(to + width * 4), truth.Ids[from]);
                Paint(pixels.AsSpan(to + width * 8), prediction.Ids[from]);
            }
        }

        using var picture = MLImage.CreateFromPixels(width * 3, height, MLPixelFormat.Bgra32, pixels);
        picture.Save(path);

        void Paint(Span<byte> pixel, byte id)
        {
            var color = StreetScenes.Labels.Classes[id].Color;
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (color.B, color.G, color.R, 255);
        }
    }
}
