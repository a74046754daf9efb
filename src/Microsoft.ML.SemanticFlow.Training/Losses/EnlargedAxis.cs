// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>A bilinear enlargement along one axis, corners aligned: new value = old[Start] + Fraction · (old[Start + 1] - old[Start]).</summary>
internal sealed class EnlargedAxis
{
    private readonly int[] _starts;
    private readonly float[] _fractions;

    /// <param name="length">Old positions.</param>
    /// <param name="newLength">New positions, not fewer.</param>
    public EnlargedAxis(int length, int newLength)
    {
        (Length, NewLength) = (length, newLength);
        (_starts, _fractions) = (new int[newLength], new float[newLength]);
        for (int i = 0; i < newLength; i++)
            (_starts[i], _fractions[i]) = FusedArgMax.Position(i, length, newLength);
    }

    public int Length { get; }

    public int NewLength { get; }

    /// <summary>The old position before each new one; from one to the next it rises by 1 at most.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>How far each new position lies towards the next old one, from 0 to 1.</summary>
    public ReadOnlySpan<float> Fractions => _fractions;

    /// <summary>Writes the new values of a row.</summary>
    public void Enlarge(ReadOnlySpan<float> values, Span<float> enlarged)
    {
        if (Length == 1)
        {
            enlarged[..NewLength].Fill(values[0]);
            return;
        }

        for (int i = 0; i < _starts.Length; i++)
        {
            float start = values[_starts[i]];
            enlarged[i] = start + (_fractions[i] * (values[_starts[i] + 1] - start));
        }
    }

    /// <summary>Adds the gradient of new values to that of the old ones: the transpose of <see cref="Enlarge"/>.</summary>
    public void AddGradient(ReadOnlySpan<float> enlarged, Span<float> gradient)
    {
        if (Length == 1)
        {
            foreach (float value in enlarged[..NewLength])
                gradient[0] += value;
            return;
        }

        for (int i = 0; i < _starts.Length; i++)
        {
            float next = _fractions[i] * enlarged[i];
            gradient[_starts[i]] += enlarged[i] - next;
            gradient[_starts[i] + 1] += next;
        }
    }
}
