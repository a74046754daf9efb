// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>The columns of a <see cref="SemanticFlowTransformer"/>.</summary>
internal sealed record ScoredColumns
{
    /// <param name="image">The images that it reads.</param>
    /// <param name="mask">The mask column that it adds.</param>
    /// <param name="score">The column of all probabilities; null when there is none.</param>
    /// <param name="confidence">The column of the likeliest class's probabilities; null when there is none.</param>
    public ScoredColumns(string image, string mask, string? score = null, string? confidence = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentException.ThrowIfNullOrEmpty(mask);
        if (score == "")
            throw new ArgumentException("A column needs a name; null adds no column.", nameof(score));
        if (confidence == "")
            throw new ArgumentException("A column needs a name; null adds no column.", nameof(confidence));
        if (mask == score || mask == confidence || (score is not null && score == confidence))
            throw new ArgumentException($"The mask column '{mask}', the score column '{score}' and the confidence column '{confidence}' need names of their own.", nameof(mask));
        (Image, Mask, Score, Confidence) = (image, mask, score, confidence);
    }

    public string Image { get; }

    public string Mask { get; }

    public string? Score { get; }

    public string? Confidence { get; }
}
