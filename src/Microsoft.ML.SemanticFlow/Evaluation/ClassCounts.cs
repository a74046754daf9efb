// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>What one image adds to a class's sums; most images have few classes.</summary>
/// <param name="Id">Train id.</param>
/// <param name="Hit">Pixels that are right.</param>
/// <param name="Actual">Pixels of the ground truth.</param>
/// <param name="Predicted">Pixels of the prediction.</param>
internal readonly record struct ClassCounts(byte Id, int Hit, int Actual, int Predicted)
{
    public static ClassCounts[] Of(SegmentationImageResult image)
    {
        Span<int> hit = stackalloc int[256], actual = stackalloc int[256], predicted = stackalloc int[256];
        foreach (var cell in image.Cells)
        {
            actual[cell.Actual] += cell.Count;
            predicted[cell.Predicted] += cell.Count;
            if (cell.Actual == cell.Predicted)
                hit[cell.Actual] += cell.Count;
        }

        var counts = new List<ClassCounts>();
        for (int id = 0; id < LabelMap.IgnoreId; id++)
        {
            if (actual[id] > 0 || predicted[id] > 0)
                counts.Add(new ClassCounts((byte)id, hit[id], actual[id], predicted[id]));
        }

        return [.. counts];
    }
}
