// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>Neighbouring pixels of one row.</summary>
/// <param name="Row">0 at the top.</param>
/// <param name="First">The first column.</param>
/// <param name="Last">The last column, which belongs to it.</param>
internal readonly record struct PixelRun(int Row, int First, int Last)
{
    public int Count => Last - First + 1;

    /// <summary>Appends a pixel that comes behind all others in reading order.</summary>
    public static void Append(List<PixelRun> runs, int row, int column)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.Row == row && last.Last == column - 1)
            runs[^1] = last with { Last = column };
        else
            runs.Add(new PixelRun(row, column, column));
    }
}
