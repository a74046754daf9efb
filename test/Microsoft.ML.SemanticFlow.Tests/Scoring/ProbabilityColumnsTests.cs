// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>The columns of probabilities: the logits of the model are the channels, 0 to 255.</summary>
[TestClass]
public sealed class ProbabilityColumnsTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ProbabilityColumnsTests()
    {
        _model = BrightestChannelModel.Save(_folder["model.onnx"]);
        for (int i = 0; i < 4; i++)
            BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i}.png"), height: 40 + i, width: 64, seed: i);
    }

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Transform_BothColumns_HoldWhatTheModelPredicts()
    {
        using var model = Pipeline().Fit(Data());
        var scored = model.Transform(Data());

        var rows = Rows(scored);

        Assert.HasCount(4, rows);
        for (int i = 0; i < 4; i++)
        {
            var expected = model.LastTransformer.Model.PredictDetailed(_folder["images", $"{i}.png"], PredictionDetails.Confidence | PredictionDetails.Probabilities);
            Assert.IsTrue(expected.Mask.Ids.SequenceEqual(rows[i].Mask.Ids), $"row {i}");
            Assert.IsTrue(expected.Probabilities.SequenceEqual(rows[i].Score), $"row {i}");
            Assert.IsTrue(expected.Confidence.SequenceEqual(rows[i].Confidence), $"row {i}");
        }
    }

    [TestMethod]
    public void Schema_ImagesOfAnySize_HasVectorsOfAnyLengthThatNameTheClasses()
    {
        using var model = Pipeline().Fit(Data());

        var schema = model.GetOutputSchema(Data().Schema);

        var score = (VectorDataViewType)schema["Score"].Type;
        Assert.IsFalse(score.IsKnownSize);
        Assert.AreEqual(NumberDataViewType.Single, score.ItemType);
        Assert.IsFalse(((VectorDataViewType)schema["Confidence"].Type).IsKnownSize);
        Assert.AreEqual(BrightestChannelModel.Labels.ToCsv(), MaskAnnotations.TryGet(schema["Score"])!.ToCsv());
    }

    [TestMethod]
    public void Schema_ImagesOfOneSize_HasItsDimensions()
    {
        var pipeline = _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(_ml.Transforms.ResizeImages("Image", imageWidth: 48, imageHeight: 36)).Append(Score());
        using var model = pipeline.Fit(Data());
        var scored = model.Transform(Data());

        CollectionAssert.AreEqual(new[] { 3, 36, 48 }, ((VectorDataViewType)scored.Schema["Score"].Type).Dimensions.ToArray());
        CollectionAssert.AreEqual(new[] { 36, 48 }, ((VectorDataViewType)scored.Schema["Confidence"].Type).Dimensions.ToArray());
        Assert.HasCount(36 * 48, Rows(scored)[0].Confidence);
    }

    [TestMethod]
    public void Transform_ImageOfAnotherSizeThanTheSchemaSays_SaysBoth()
    {
        using var image = MLImage.CreateFromFile(_folder["images", "1.png"]);
        var data = _ml.Data.LoadFromEnumerable([new SizedRow { Image = image }]);
        using var model = Score().Fit(data);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Transform(data).GetColumn<float[]>("Confidence").ToArray());

        Assert.StartsWith( // 40 * 64, 41 * 64
            "Column 'Confidence' holds 2560 numbers a row by the size that the schema gives the images in 'Image', but this row's image needs 2624.", error.Message);
    }

    [TestMethod]
    public void Transform_NoImage_HasNoNumbers()
    {
        var data = _ml.Data.LoadFromEnumerable([new AnyRow { Image = null }]);
        using var model = Score().Fit(data);

        Assert.HasCount(0, model.Transform(data).GetColumn<float[]>("Confidence").Single());
    }

    [TestMethod]
    public void SaveAndLoad_BothColumns_ComeBack()
    {
        using var model = Pipeline().Fit(Data());
        _ml.Model.Save(model, Data().Schema, _folder["pipeline.zip"]);

        var loaded = new MLContext().Model.Load(_folder["pipeline.zip"], out _);

        var (before, after) = (Rows(model.Transform(Data())), Rows(loaded.Transform(Data())));
        for (int i = 0; i < 4; i++)
        {
            CollectionAssert.AreEqual(before[i].Score, after[i].Score, $"row {i}");
            CollectionAssert.AreEqual(before[i].Confidence, after[i].Confidence, $"row {i}");
        }
    }

    [TestMethod]
    public void PredictionEngine_Confidence_IsOnePrediction()
    {
        using var model = Pipeline().Fit(Data());
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, ScoredRow>(model, new PredictionEngineOptions { OwnsTransformer = false });

        var scored = engine.Predict(new PathRow { ImagePath = _folder["images", "2.png"] });

        var expected = model.LastTransformer.Model.PredictDetailed(_folder["images", "2.png"], PredictionDetails.Confidence);
        Assert.IsTrue(expected.Confidence.SequenceEqual(scored.Confidence));
        Assert.IsTrue(expected.Mask.Ids.SequenceEqual(scored.PredictedLabel!.Ids));
    }

    [TestMethod]
    public void Score_NamesThatMeet_AreRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.SemanticFlow(_model, scoreColumnName: "PredictedLabel"));

        Assert.StartsWith("The mask column 'PredictedLabel', the score column 'PredictedLabel'", error.Message);
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.SemanticFlow(_model, scoreColumnName: "x", confidenceColumnName: "x"));
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.SemanticFlow(_model, confidenceColumnName: ""));
    }

    private static List<(SegmentationMask Mask, float[] Score, float[] Confidence)> Rows(IDataView scored)
    {
        var rows = new List<(SegmentationMask, float[], float[])>();
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"], scored.Schema["Score"], scored.Schema["Confidence"]]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        var getScore = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        var getConfidence = cursor.GetGetter<VBuffer<float>>(scored.Schema["Confidence"]);
        SegmentationMask mask = null!;
        VBuffer<float> score = default, confidence = default;
        while (cursor.MoveNext())
        {
            getConfidence(ref confidence);
            getMask(ref mask);
            getScore(ref score);
            rows.Add((mask, [.. score.DenseValues()], [.. confidence.DenseValues()]));
        }

        return rows;
    }

    private IDataView Data() => _ml.SemanticSegmentation.Data.Folder(_folder["images"]);

    private SemanticFlowEstimator Score() => _ml.Transforms.SemanticFlow(_model, scoreColumnName: "Score", confidenceColumnName: "Confidence");

    private EstimatorChain<SemanticFlowTransformer> Pipeline() => _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(Score());

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class SizedRow
    {
        [ImageType(40, 64)]
        public MLImage? Image { get; set; }
    }

    /// <summary>Images of any size, which the stock attribute does not allow.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class AnyImageAttribute : DataViewTypeAttribute
    {
        public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageAttribute;

        public override bool Equals(object? obj) => obj is AnyImageAttribute;

        public override int GetHashCode() => 1;

        public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
    }

    private sealed class AnyRow
    {
        [AnyImage]
        public MLImage? Image { get; set; }
    }

    private sealed class ScoredRow
    {
        [SegmentationMaskType]
        public SegmentationMask? PredictedLabel { get; set; }

        public float[] Confidence { get; set; } = [];
    }
}
