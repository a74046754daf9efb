// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

/// <summary>A small image with its prediction, drawn at random; few names, so that some images have the same.</summary>
internal sealed record DrawnImage(string? Name, string? Source, int Height, int Width, byte[] Truth, byte[] Prediction)
{
    public static readonly LabelMap Labels = LabelMap.FromClassNames("four", "road", "car", "sky", "tree");

    private static readonly Gen<byte> _id = Gen.Frequency((8, (IGen<byte>)Gen.Byte[0, 3]), (1, Gen.OneOf<byte>(4, 200, 255)));

    public static readonly Gen<DrawnImage> Any =
        from name in Gen.OneOf<string?>(null, "", "a.png", "b.png", "\u00e9 \"x\"\n.png", "\U0001F697.png")
        from source in Gen.OneOf<string?>(null, "", "day", "night")
        from height in Gen.Int[1, 4]
        from width in Gen.Int[1, 4]
        from truth in _id.Array[height * width]
        from prediction in _id.Array[height * width]
        select new DrawnImage(name, source, height, width, truth, prediction);

    public void AddTo(SegmentationEvaluation evaluation) =>
        evaluation.Add(new SegmentationMask(Height, Width, Truth, Labels), new SegmentationMask(Height, Width, Prediction), Name, Source);

    public static SegmentationEvaluation Evaluate(IEnumerable<DrawnImage> images, bool keepImages = true)
    {
        var evaluation = new SegmentationEvaluation(Labels, keepImages);
        foreach (var image in images)
            image.AddTo(evaluation);
        return evaluation;
    }

    public static byte[] Save(SegmentationEvaluation evaluation)
    {
        using var stream = new MemoryStream();
        evaluation.Save(stream);
        return stream.ToArray();
    }

    public static SegmentationEvaluation Load(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return SegmentationEvaluation.Load(stream);
    }
}
