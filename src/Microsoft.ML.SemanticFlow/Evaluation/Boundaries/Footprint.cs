// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>The pixels within a distance of one, row by row.</summary>
internal static class Footprint
{
    /// <returns>At index dy, how many columns it reaches to either side, dy rows above and below.</returns>
    public static int[] Of(PixelDistance distance, int radius)
    {
        int[] reach = new int[radius + 1];
        for (int dy = 0; dy <= radius; dy++)
            reach[dy] = distance == PixelDistance.Chessboard ? radius : Root((long)radius * radius - (long)dy * dy);
        return reach;
    }

    private static int Root(long square)
    {
        long root = (long)Math.Sqrt(square);
        while (root * root > square)
            root--;
        while ((root + 1) * (root + 1) <= square)
            root++;
        return (int)root;
    }
}
