// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>The mean of the raw scores over scales, mirrored copies and tiles, row by row.</summary>
/// <remarks>No more than one row of the image has scores of its size at a time: what the passes keep is smaller, see <see cref="ScorePass"/>.</remarks>
internal static class MultiPassScorer
{
    /// <summary>Takes the scores of one row, [column, class] with classes padded to <see cref="ScorePass.Lanes"/>; they die with the call.</summary>
    public delegate void RowReader(int row, ReadOnlySpan<float> scores, int lanes);

    /// <param name="scorer">Held by the caller while this runs.</param>
    /// <param name="image">The image, decoded.</param>
    /// <param name="source">How messages name the image; null when it has no name.</param>
    /// <param name="inference">The passes.</param>
    /// <param name="read">Takes the rows from the top.</param>
    /// <param name="cancellation">Stops between rows and tiles, and within the network.</param>
    public static void Run(ImageScorer scorer, PixelImage image, string? source, InferenceOptions inference, RowReader read, CancellationToken cancellation)
    {
        ScorePass[] passes = [.. PassPlan.Create(scorer, image, source, inference).Select(plan => new ScorePass(scorer, image, plan))];
        int lanes = ScorePass.Lanes(scorer.Description.Labels.ClassCount);
        float[] row = ArrayPool<float>.Shared.Rent(checked(image.Width * lanes));
        var scores = row.AsSpan(0, image.Width * lanes);
        try
        {
            for (int y = 0; y < image.Height; y++)
            {
                cancellation.ThrowIfCancellationRequested();
                scores.Clear();
                foreach (var pass in passes)
                    pass.AddRow(y, scores, cancellation);
                read(y, scores, lanes);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(row);
            foreach (var pass in passes)
                pass.Dispose();
        }
    }
}
