// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

/// <summary>Bilinear interpolation with aligned corners, one class and one pixel at a time: slow and obvious.</summary>
internal static class BilinearSample
{
    /// <summary>The value of each class at a place between the cells of [K, h, w].</summary>
    public static double[] At(float[] logits, int classes, int height, int width, double row, double column)
    {
        int top = Math.Min((int)row, height - 1), left = Math.Min((int)column, width - 1);
        int bottom = Math.Min(top + 1, height - 1), right = Math.Min(left + 1, width - 1);
        double down = row - top, across = column - left;
        var values = new double[classes];
        for (int id = 0; id < classes; id++)
        {
            double Cell(int y, int x) => logits[(((id * height) + y) * width) + x];
            values[id] = ((1 - down) * (((1 - across) * Cell(top, left)) + (across * Cell(top, right))))
                + (down * (((1 - across) * Cell(bottom, left)) + (across * Cell(bottom, right))));
        }

        return values;
    }
}
