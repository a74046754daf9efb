// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>A mask as of a street, with a prediction of it: bands of ground and sky, a few hundred boxes and disks of all sizes, and thin poles.</summary>
/// <param name="Truth">Ids, row by row; a strip at the bottom does not count.</param>
/// <param name="Prediction">The same, drawn with each thing a little off and some of another class.</param>
internal sealed record StreetScene(byte[] Truth, byte[] Prediction)
{
    private const int Things = 300;

    public static StreetScene Draw(int height, int width, int classes, int seed)
    {
        byte[] truth = new byte[height * width], prediction = new byte[height * width];
        var random = new Random(seed);
        for (int i = 0; i < truth.Length; i++)
            truth[i] = prediction[i] = (byte)(i / width < height / 3 ? 10 : i / width < height / 2 ? 2 : 0);
        for (int thing = 0; thing < Things; thing++)
        {
            int kind = random.Next(3), size = 4 + (int)(height / 5 * Math.Pow(random.NextDouble(), 3));
            int tall = kind == 2 ? 4 * size : size, wide = kind == 2 ? 3 : size;
            int row = random.Next(height), column = random.Next(width);
            byte id = (byte)random.Next(classes), guess = random.Next(8) == 0 ? (byte)random.Next(classes) : id;
            Paint(truth, row, column, tall, wide, kind == 1, id);
            Paint(prediction, row + random.Next(-2, 3), column + random.Next(-2, 3), tall + random.Next(-1, 2), wide + random.Next(-1, 2), kind == 1, guess);
        }

        truth.AsSpan((height - height / 20) * width).Fill(LabelMap.IgnoreId);
        return new StreetScene(truth, prediction);

        void Paint(byte[] ids, int row, int column, int tall, int wide, bool round, byte id)
        {
            for (int y = Math.Max(0, row - tall); y <= Math.Min(height - 1, row + tall); y++)
            {
                int reach = round ? (int)(wide * Math.Sqrt(Math.Max(0, 1 - Math.Pow((y - row) / (double)Math.Max(1, tall), 2)))) : wide;
                int first = Math.Clamp(column - reach, 0, width), end = Math.Clamp(column + reach + 1, first, width);
                ids.AsSpan(y * width + first, end - first).Fill(id);
            }
        }
    }
}
