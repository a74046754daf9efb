// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Transforms;

/// <summary>Images of ML.NET's own transforms: ResizeImages hands its input on where that has the size already, and disposes it when it is asked again.</summary>
[TestClass]
public sealed class ForeignImageTests
{
    private const int Count = 9, Height = 40, Width = 50;

    private static readonly TemporaryFolder _folder = new();
    private static readonly SegmentationMask[] _expected = new SegmentationMask[Count];
    private static string _model = "";

    private readonly MLContext _ml = new(seed: 1);

    [ClassInitialize]
    public static void Draw(TestContext _)
    {
        _model = BrightestChannelModel.Save(_folder["model.onnx"]);
        for (int i = 0; i < Count; i++)
            _expected[i] = BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i}.png"), Height, Width, seed: i);
    }

    [ClassCleanup]
    public static void Remove() => _folder.Dispose();

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(false, 3)]
    [DataRow(true, 1)]
    [DataRow(true, 3)]
    public void GetRowCursor_MasksAndPixelsOfAnImageThatIsHandedOn_AreThoseOfTheRow(bool fromList, int degree)
    {
        var data = Data(fromList);
        var pipeline = Resized().Append(Scorer(degree)).Append(_ml.Transforms.ExtractPixels("Pixels", "Small"));

        AssertRows(pipeline.Fit(data).Transform(data));
    }

    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(false, 3)]
    [DataRow(true, 1)]
    [DataRow(true, 3)]
    public void GetRowCursor_PixelsTakenBeforeTheMasks_AreThoseOfTheRow(bool fromList, int degree)
    {
        var data = Data(fromList);
        var pipeline = Resized().Append(_ml.Transforms.ExtractPixels("Pixels", "Small")).Append(Scorer(degree));

        AssertRows(pipeline.Fit(data).Transform(data));
    }

    // Reads the image between the others: each of them asks ResizeImages anew.
    private static void AssertRows(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        var getMask = cursor.GetGetter<SegmentationMask>(view.Schema["PredictedLabel"]);
        var getPixels = cursor.GetGetter<VBuffer<float>>(view.Schema["Pixels"]);
        var getImage = cursor.GetGetter<MLImage>(view.Schema["Small"]);
        SegmentationMask mask = null!; // filled before it is read
        MLImage image = null!;
        VBuffer<float> pixels = default;
        for (int row = 0; row < Count; row++)
        {
            Assert.IsTrue(cursor.MoveNext(), $"row {row}");
            getImage(ref image);
            getPixels(ref pixels);
            getMask(ref mask);
            getImage(ref image);

            Assert.IsTrue(_expected[row].Ids.SequenceEqual(mask.Ids), $"row {row}: the mask");
            using var file = MLImage.CreateFromFile(_folder["images", $"{row}.png"]);
            Assert.IsTrue(file.Pixels.SequenceEqual(image.Pixels), $"row {row}: the image");
            Assert.AreEqual(RedAt(file, 7, 11), pixels.GetItemOrDefault(7 * Width + 11), $"row {row}: the pixels, of which red comes first");
        }

        Assert.IsFalse(cursor.MoveNext());
    }

    private static float RedAt(MLImage image, int row, int column) =>
        image.Pixels[4 * (row * Width + column) + (image.PixelFormat == MLPixelFormat.Bgra32 ? 2 : 0)];

    private IDataView Data(bool fromList) => fromList
        ? _ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(i => new PathRow { ImagePath = _folder["images", $"{i}.png"] }).ToArray())
        : _ml.SemanticSegmentation.Data.Folder(_folder["images"]);

    private EstimatorChain<Microsoft.ML.Transforms.Image.ImageResizingTransformer> Resized() =>
        _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(_ml.Transforms.ResizeImages("Small", Width, Height, "Image"));

    private SemanticFlowEstimator Scorer(int degree) => _ml.Transforms.SemanticFlow(
        _model, inputColumnName: "Small", execution: new ExecutionOptions { MaxDegreeOfParallelism = degree });

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
