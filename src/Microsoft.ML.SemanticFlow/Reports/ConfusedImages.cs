// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The images that are behind the cells of a confusion matrix: for each pair of classes those with most of its pixels.</summary>
internal sealed class ConfusedImages
{
    private const int MostOfACell = 6;

    private readonly Dictionary<(byte Actual, byte Predicted), Cell> _cells = [];

    /// <param name="evaluation">Keeps its images.</param>
    /// <param name="classes">The classes of the matrix as it is drawn.</param>
    public ConfusedImages(SegmentationEvaluation evaluation, IReadOnlyCollection<int> classes)
    {
        foreach (var image in evaluation.Images)
        {
            foreach (var cell in image.Cells)
            {
                if (!classes.Contains(cell.Actual) || !classes.Contains(cell.Predicted))
                    continue;
                if (!_cells.TryGetValue((cell.Actual, cell.Predicted), out var found))
                    _cells.Add((cell.Actual, cell.Predicted), found = new Cell());
                found.Add(image, cell.Count);
            }
        }
    }

    /// <summary>How often a pair of classes occurs, and where.</summary>
    private sealed class Cell
    {
        public int Images { get; private set; }

        public long Pixels { get; private set; }

        public List<(SegmentationImageResult Image, int Count)> Most { get; } = [];

        public void Add(SegmentationImageResult image, int count)
        {
            (Images, Pixels) = (Images + 1, Pixels + count);
            if (image.Name is null || (Most.Count == MostOfACell && Most[^1].Count >= count))
                return;
            int place = Most.FindIndex(other => other.Count < count);
            Most.Insert(place < 0 ? Most.Count : place, (image, count));
            if (Most.Count > MostOfACell)
                Most.RemoveAt(MostOfACell);
        }
    }

    /// <summary>The first image of each confusion, that of the largest confusion first.</summary>
    public IEnumerable<SegmentationImageResult> Largest() => _cells.Where(cell => cell.Key.Actual != cell.Key.Predicted && cell.Value.Most.Count > 0)
        .OrderByDescending(cell => cell.Value.Pixels).ThenBy(cell => cell.Key).Select(cell => cell.Value.Most[0].Image);

    /// <summary>What a script shows of each cell.</summary>
    /// <param name="names">Takes the names of the images that are named.</param>
    public Dictionary<string, object> ToData(List<string> names)
    {
        var places = new Dictionary<SegmentationImageResult, int>();
        return _cells.ToDictionary(
            cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Key.Actual}-{cell.Key.Predicted}"),
            object (cell) => new { images = cell.Value.Images, pixels = cell.Value.Pixels, most = cell.Value.Most.Select(image => new[] { PlaceOf(image.Image), image.Count }) });

        int PlaceOf(SegmentationImageResult image)
        {
            if (!places.TryGetValue(image, out int place))
            {
                places.Add(image, place = names.Count);
                names.Add(image.Name!); // those without a name are left out above
            }

            return place;
        }
    }
}
