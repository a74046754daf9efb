// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

/// <summary>An image of patches with its prediction, drawn at random: wide enough for what works on many pixels at once.</summary>
internal sealed record DrawnScene(int Height, int Width, byte[] Truth, byte[] Prediction, float[] Confidence)
{
    public const int Classes = 3;

    public static readonly LabelMap Labels = LabelMap.FromClassNames("three", "road", "car", "sky");

    private static readonly Gen<byte> _id = Gen.Frequency((10, (IGen<byte>)Gen.Byte[0, Classes - 1]), (1, Gen.OneOf<byte>(9, 255)));

    public static readonly Gen<DrawnScene> Any =
        from height in Gen.Int[1, 7]
        from width in Gen.OneOf(Gen.Int[1, 5], Gen.Int[30, 80])
        from patch in Gen.Int[1, 12]
        from truth in _id.Array[height * (width / patch + 1)]
        from prediction in _id.Array[height * (width / patch + 1)]
        from right in Gen.Bool.Array[height * (width / patch + 1)]
        from confidence in Gen.OneOf<float>(0f, 0.25f, 0.5f, 0.95f, 1f).Array[height * width]
        select Draw(height, width, patch, truth, prediction, right, confidence);

    public void AddTo(SegmentationEvaluation evaluation, string? name = null, string? source = null) => evaluation.Add(
        new SegmentationMask(Height, Width, Truth), new SegmentationMask(Height, Width, Prediction), name, source, new SegmentationEvidence { Confidence = Confidence });

    private static DrawnScene Draw(int height, int width, int patch, byte[] truth, byte[] prediction, bool[] right, float[] confidence)
    {
        int patches = width / patch + 1;
        int[] cells = [.. Enumerable.Range(0, height * width).Select(place => place / width * patches + place % width / patch)];
        return new DrawnScene(
            height, width, [.. cells.Select(cell => truth[cell])], [.. cells.Select(cell => right[cell] ? truth[cell] : prediction[cell])], confidence);
    }
}
