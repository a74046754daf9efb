// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class CrossValidateTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("pair", "left", "right");

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void CrossValidate_EachFold_IsScoredByTheModelOfTheOthers()
    {
        var data = Masks(right: 1, left: 5);

        using var folds = _ml.SemanticSegmentation.CrossValidate(data, new MajorityEstimator(_ml), numberOfFolds: 3);

        // Five masks of four times left, one of right. Whichever fold holds the one, left is the majority of the rest: every pixel becomes left.
        Assert.HasCount(3, folds);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, folds.Select(fold => fold.Fold).ToArray());
        var matrix = folds.Metrics.ConfusionMatrix;
        Assert.AreEqual((20L, 0L, 4L, 0L), (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]));
        for (int actual = 0; actual < 2; actual++)
            Assert.AreEqual(folds.Sum(fold => fold.Metrics.ConfusionMatrix[actual, 0]), matrix[actual, 0]);
        Assert.AreEqual((20.0 / 24 + 0) / 2, folds.Metrics.MeanIoU, 1e-15);

        // Two folds of eight left pixels: mIoU 1. One of four and four: IoU 4 / 8 and 0, mIoU 0.25.
        CollectionAssert.AreEquivalent(new[] { 1, 1, 0.25 }, folds.Select(fold => fold.Metrics.MeanIoU).ToArray());
        Assert.AreEqual(0.75, folds.AverageMeanIoU, 1e-15);
        Assert.AreEqual(Math.Sqrt((2 * 0.25 * 0.25 + 0.5 * 0.5) / 2), folds.MeanIoUStandardDeviation, 1e-15);
        Assert.AreEqual("3 folds: mIoU 0.7500 +- 0.4330", folds.ToString()); // the root of 0.1875
        CollectionAssert.Contains(folds.Select(fold => fold.ToString().Split(": ")[1]).ToArray(), "mIoU 0.2500");
        foreach (var fold in folds)
        {
            Assert.AreEqual(2, fold.Data.TestSet.GetRowCount());
            Assert.AreEqual(4, ((MajorityModel)fold.Model).TrainedRows);
            Assert.IsNotNull(fold.ScoredHoldOutSet.Schema.GetColumnOrNull("PredictedLabel"));
            Assert.AreEqual(fold.Metrics.PixelAccuracy, _ml.SemanticSegmentation.Evaluate(fold.ScoredHoldOutSet).PixelAccuracy);
        }
    }

    [TestMethod]
    public void Dispose_Folds_DisposesTheirModels()
    {
        var folds = _ml.SemanticSegmentation.CrossValidate(Masks(right: 2, left: 2), new MajorityEstimator(_ml), 2);
        MajorityModel[] models = [.. folds.Select(fold => (MajorityModel)fold.Model)];
        Assert.IsTrue(models.All(model => !model.IsDisposed));

        folds.Dispose();

        Assert.IsTrue(models.All(model => model.IsDisposed));
    }

    [TestMethod]
    public void CrossValidate_FoldThatFails_DisposesTheModelsBefore()
    {
        var estimator = new MajorityEstimator(_ml) { FailAt = 2 };

        Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.CrossValidate(Masks(right: 3, left: 3), estimator, 3));

        Assert.HasCount(2, estimator.Fitted);
        Assert.IsTrue(estimator.Fitted.All(model => model.IsDisposed));
    }

    [TestMethod]
    public void CrossValidate_Cancelled_StopsBeforeTheNextFold()
    {
        using var stop = new CancellationTokenSource();
        var estimator = new MajorityEstimator(_ml) { AfterFit = stop.Cancel };

        Assert.Throws<OperationCanceledException>(() => _ml.SemanticSegmentation.CrossValidate(Masks(right: 2, left: 2), estimator, 2, cancellationToken: stop.Token));

        Assert.IsTrue(estimator.Fitted.Single().IsDisposed);
    }

    [TestMethod]
    public void CrossValidate_OneFold_IsRefused()
    {
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.CrossValidate(Masks(1, 1), new MajorityEstimator(_ml), numberOfFolds: 1));

        StringAssert.Contains(thrown.Message, "numberOfFolds must be at least 2, not 1", StringComparison.Ordinal);
    }

    private IDataView Masks(int right, int left) => _ml.Data.LoadFromEnumerable(
        Enumerable.Repeat((byte)1, right).Concat(Enumerable.Repeat((byte)0, left)).Select(
            id => new Truth { Label = new SegmentationMask(2, 2, [id, id, id, id], _labels) }).ToArray());

    private sealed class Truth
    {
        [SegmentationMaskType]
        public SegmentationMask? Label { get; set; }
    }

    private sealed class Prediction
    {
        [SegmentationMaskType]
        public SegmentationMask? PredictedLabel { get; set; }
    }

    /// <summary>Learns the id of most pixels, and predicts it everywhere.</summary>
    private sealed class MajorityEstimator(MLContext ml) : IEstimator<ITransformer>
    {
        public int FailAt { get; init; } = -1;

        public Action AfterFit { get; init; } = () => { };

        public List<MajorityModel> Fitted { get; } = [];

        public ITransformer Fit(IDataView input)
        {
            if (Fitted.Count == FailAt)
                throw new InvalidDataException("A row does not hold.");
            var masks = ml.Data.CreateEnumerable<Truth>(input, reuseRowObject: false).Select(row => row.Label!).ToArray(); // each has one
            byte majority = masks.SelectMany(mask => mask.Ids.ToArray()).CountBy(id => id).MaxBy(pair => pair.Value).Key;
            var inner = ml.Transforms.CustomMapping<Truth, Prediction>((truth, prediction) =>
            {
                var (height, width) = (truth.Label!.Height, truth.Label.Width);
                prediction.PredictedLabel = new SegmentationMask(height, width, [.. Enumerable.Repeat(majority, height * width)], _labels);
            }, contractName: null).Fit(input);
            Fitted.Add(new MajorityModel(inner, masks.Length));
            AfterFit();
            return Fitted[^1];
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => throw new NotSupportedException("Only a chain of estimators asks for it.");
    }

    private sealed class MajorityModel(ITransformer inner, int trainedRows) : ITransformer, IDisposable
    {
        public int TrainedRows => trainedRows;

        public bool IsDisposed { get; private set; }

        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public IDataView Transform(IDataView input) => inner.Transform(input);

        public void Save(ModelSaveContext ctx) => inner.Save(ctx);

        public void Dispose() => IsDisposed = true;
    }
}
