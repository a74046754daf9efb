// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow;

namespace WebApi;

/// <summary>How much of an image each class has.</summary>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Classes">The classes that occur, the largest first.</param>
/// <param name="Mask">The mask as a PNG, where it was asked for.</param>
internal sealed record ClassShares(int Height, int Width, IReadOnlyList<ClassShare> Classes, byte[]? Mask)
{
    public static ClassShares Of(SegmentationMask mask, bool withMask)
    {
        var labels = mask.Labels!;                                  // a prediction's mask has its model's
        var counts = new int[labels.ClassCount];
        foreach (byte id in mask.Ids)
            counts[id]++;
        var classes = labels.Classes.Zip(counts)
            .Where(pair => pair.Second > 0)
            .OrderByDescending(pair => pair.Second)
            .Select(pair => new ClassShare(pair.First.Name, $"#{pair.First.Color.R:x2}{pair.First.Color.G:x2}{pair.First.Color.B:x2}", (double)pair.Second / mask.Ids.Length));
        return new ClassShares(mask.Height, mask.Width, [.. classes], withMask ? mask.ToColorPng() : null);
    }
}

/// <summary>A class, its colour in a mask, and its share from 0 to 1.</summary>
internal sealed record ClassShare(string Name, string Color, double Share);
