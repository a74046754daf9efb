// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

/// <summary>The measures of borders, pixel by pixel as their definitions say: slow and obvious.</summary>
internal sealed class SlowBoundaries(DrawnScene scene, int classes)
{
    private readonly int _height = scene.Height;
    private readonly int _width = scene.Width;

    /// <summary>F of a class at a radius in pixels.</summary>
    public double FScore(int id, int radius)
    {
        bool[] truth = Outline(i => Truth(i) == id), prediction = Outline(i => Prediction(i) == id);
        int actual = truth.Count(set => set), predicted = prediction.Count(set => set);
        double right = Pixels().Count(p => prediction[p] && Pixels().Any(q => truth[q] && Within(p, q, radius)));
        double met = Pixels().Count(p => truth[p] && Pixels().Any(q => prediction[q] && Within(p, q, radius)));
        double precision = predicted == 0 ? 1 : right / predicted, recall = actual == 0 ? 1 : met / actual;
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    public double BoundaryIoU(int id, int distance)
    {
        bool[] truth = Eroded(i => Truth(i) == id, distance), prediction = Eroded(i => Prediction(i) == id, distance);
        return (double)Pixels().Count(p => truth[p] && prediction[p]) / Pixels().Count(p => truth[p] || prediction[p]);
    }

    public double TrimapIoU(int id, int width)
    {
        int[] border = [.. Pixels().Where(p => Truth(p) < classes && Neighbours(p).Any(q => Truth(q) < classes && Truth(q) != Truth(p)))];
        int[] band = [.. Pixels().Where(p => Truth(p) < classes && border.Any(q => Chessboard(p, q) <= width))];
        return (double)band.Count(p => Truth(p) == id && Prediction(p) == id) / band.Count(p => Truth(p) == id || Prediction(p) == id);
    }

    private byte Truth(int place) => scene.Truth[place] < classes ? scene.Truth[place] : (byte)255;

    private byte Prediction(int place) => Truth(place) != 255 && scene.Prediction[place] < classes ? scene.Prediction[place] : (byte)255;

    private IEnumerable<int> Pixels() => Enumerable.Range(0, _height * _width);

    private IEnumerable<int> Neighbours(int place) => Pixels().Where(q => Math.Abs(q / _width - place / _width) + Math.Abs(q % _width - place % _width) == 1);

    private int Chessboard(int p, int q) => Math.Max(Math.Abs(p / _width - q / _width), Math.Abs(p % _width - q % _width));

    private bool Within(int p, int q, int radius)
    {
        int dy = p / _width - q / _width, dx = p % _width - q % _width;
        return dx * dx + dy * dy <= radius * radius;
    }

    private bool[] Outline(Predicate<int> mask) => [.. Pixels().Select(p =>
    {
        int y = p / _width, x = p % _width, down = Math.Min(y + 1, _height - 1), right = Math.Min(x + 1, _width - 1);
        return mask(p) != mask(y * _width + right) || mask(p) != mask(down * _width + x) || (y < down && x < right && mask(p) != mask(down * _width + right));
    })];

    // What erosion takes away: pixels of the mask with one within the distance that is none, or lies outside of the image.
    private bool[] Eroded(Predicate<int> mask, int distance) => [.. Pixels().Select(p =>
    {
        int y = p / _width, x = p % _width;
        return mask(p) && Enumerable.Range(y - distance, 2 * distance + 1).Any(row => Enumerable.Range(x - distance, 2 * distance + 1).Any(column =>
            row < 0 || row >= _height || column < 0 || column >= _width || !mask(row * _width + column)));
    })];
}
