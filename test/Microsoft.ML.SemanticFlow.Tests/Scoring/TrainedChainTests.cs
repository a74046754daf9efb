// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>A chain that was fitted on labelled images, saved, and given rows that have only what scoring needs.</summary>
[TestClass]
public sealed class TrainedChainTests
{
    private static readonly TemporaryFolder _folder = new();
    private static readonly LabelMap _labels = LabelMap.FromClassNames("three", "a", "b", "c");
    private static SegmentationMask? _expected;
    private static string _model = "";

    private readonly MLContext _ml = new(seed: 1);

    [ClassInitialize]
    public static void Draw(TestContext _)
    {
        _model = BrightestChannelModel.Save(_folder["model.onnx"]);
        _expected = BrightestChannelModel.SaveImage(_folder.Prepare("images", "0.png"), height: 40, width: 64, seed: 1);
        new SegmentationMask(40, 64, new byte[40 * 64], _labels).Save(_folder.Prepare("labels", "0.png"));
    }

    [ClassCleanup]
    public static void Remove() => _folder.Dispose();

    [TestMethod]
    [DataRow("stock")]
    [DataRow("pairs")]
    [DataRow("resized")]
    public void Transform_LoadedFromAZip_ScoresRowsWithoutLabels(string kind)
    {
        string zip = SaveChain(kind);
        var loaded = _ml.Model.Load(zip, out _);

        var scored = loaded.Transform(_ml.Data.LoadFromEnumerable([new Photo { ImagePath = _folder["images", "0.png"] }]));

        Assert.IsNull(scored.Schema.GetColumnOrNull("Label"));
        var mask = scored.GetColumn<SegmentationMask>("PredictedLabel").Single();
        Assert.IsTrue(_expected!.Ids.SequenceEqual(mask.Ids)); // drawn before the tests
    }

    [TestMethod]
    public void CreatePredictionEngine_RowsWithoutLabels_GivesTheMask()
    {
        var loaded = _ml.Model.Load(SaveChain("stock"), out _);
        using var engine = _ml.Model.CreatePredictionEngine<Photo, Labelled>(loaded);

        var mask = engine.Predict(new Photo { ImagePath = _folder["images", "0.png"] }).PredictedLabel;

        Assert.IsTrue(_expected!.Ids.SequenceEqual(mask!.Ids)); // drawn before the tests; the scorer gives a mask
    }

    // Training without labels is a mistake, and known before a row is read.
    [TestMethod]
    [DataRow("stock")]
    [DataRow("pairs")]
    public void Fit_RowsWithoutLabels_SaysWhatIsMissing(string kind)
    {
        var photos = _ml.Data.LoadFromEnumerable([new Photo { ImagePath = _folder["images", "0.png"] }]);

        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Chain(kind).Fit(photos));

        StringAssert.Contains(thrown.Message, "Could not find label path column 'LabelPath'");
    }

    [TestMethod]
    public void Load_ZipOfAPipeline_SaysWhatItIs()
    {
        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(SaveChain("stock")));

        StringAssert.Contains(thrown.Message, "is a zip file, as ML.NET saves a whole pipeline");
        StringAssert.Contains(thrown.Message, "MLContext.Model.Load");
    }

    private string SaveChain(string kind)
    {
        var data = _ml.SemanticSegmentation.Data.Folder(_folder["images"], _folder["labels"]);
        string zip = _folder[$"{kind}-{Guid.NewGuid():N}.zip"];
        _ml.Model.Save(Chain(kind).Fit(data), data.Schema, zip);
        return zip;
    }

    private EstimatorChain<SemanticFlowTransformer> Chain(string kind)
    {
        var ours = _ml.Transforms.SemanticFlow();
        IEstimator<ITransformer> loading = kind == "pairs"
            ? ours.LoadImagesAndMasks(_labels)
            : _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(ours.LoadMasks("Label", "LabelPath", _labels));
        if (kind == "resized")
            loading = loading.Append(ours.Resize(40, 64));
        return loading.Append(_ml.Transforms.SemanticFlow(_model));
    }

    private sealed class Photo
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class Labelled
    {
        [SegmentationMaskType]
        public SegmentationMask? PredictedLabel { get; set; }
    }
}
