// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class SplitTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void CrossValidationSplit_AnyRow_IsInExactlyOneTestSet()
    {
        var data = Frames(23);

        var folds = _ml.SemanticSegmentation.CrossValidationSplit(data, numberOfFolds: 5);

        CollectionAssert.AreEqual(new long?[] { 5, 5, 5, 4, 4 }, folds.Select(fold => fold.TestSet.GetRowCount()).ToArray()); // 23 = 3 x 5 + 2 x 4
        CollectionAssert.AreEqual(Names(data), folds.SelectMany(fold => Names(fold.TestSet)).Order(StringComparer.Ordinal).ToArray());
        foreach (var fold in folds)
        {
            CollectionAssert.AreEqual(Names(data).Except(Names(fold.TestSet)).ToArray(), Names(fold.TrainSet));
            Assert.AreEqual(Names(fold.TrainSet).Length, fold.TrainSet.GetRowCount());
        }
    }

    [TestMethod]
    public void TrainTestSplit_Seed_FixesTheRows()
    {
        var data = Frames(30);
        string[] Test(MLContext context, int? seed) => Names(context.SemanticSegmentation.TrainTestSplit(data, 0.3, seed: seed).TestSet);

        var first = Test(_ml, 7);

        CollectionAssert.AreEqual(first, Test(_ml, 7));
        CollectionAssert.AreNotEqual(first, Test(_ml, 8));
        CollectionAssert.AreEqual(Test(new MLContext(5), null), Test(new MLContext(5), null));
        CollectionAssert.AreNotEqual(Test(new MLContext(5), null), Test(new MLContext(6), null));
    }

    [TestMethod]
    [DataRow(20, 0.25, 5)]
    [DataRow(20, 0.01, 1)]
    [DataRow(3, 0.99, 2)]
    [DataRow(2, 0.5, 1)]
    public void TrainTestSplit_Fraction_IsThatOfTheRowsAndLeavesSomeOnBothSides(int rows, double fraction, int expected)
    {
        var (train, test) = _ml.SemanticSegmentation.TrainTestSplit(Frames(rows), fraction);

        Assert.HasCount(expected, Names(test));
        Assert.HasCount(rows - expected, Names(train));
    }

    [TestMethod]
    public void CrossValidationSplit_SamplingKey_KeepsItsRowsTogether()
    {
        // Videos of 1 to 8 frames: 36 in all. The largest go first, each to the smallest fold so far: 8 | 7 | 6, then 5 to 6, 4 to 7, 3 to 8, and so on.
        var data = Videos(1, 2, 3, 4, 5, 6, 7, 8);

        var folds = _ml.SemanticSegmentation.CrossValidationSplit(data, 3, samplingKeyColumnName: "Video");

        string[][] videos = [.. folds.Select(fold => VideosOf(fold.TestSet))];
        Assert.HasCount(8, videos.SelectMany(video => video).ToArray());
        CollectionAssert.AllItemsAreUnique(videos.SelectMany(video => video).ToArray());
        CollectionAssert.AreEquivalent(new long?[] { 13, 12, 11 }, folds.Select(fold => fold.TestSet.GetRowCount()).ToArray()); // 8+3+2, 7+4+1, 6+5
        Assert.IsTrue(folds.All(fold => !VideosOf(fold.TestSet).Intersect(VideosOf(fold.TrainSet)).Any()));
    }

    [TestMethod]
    public void TrainTestSplit_SamplingKey_StaysBelowTheFractionUnlessNoKeyFits()
    {
        var (_, some) = _ml.SemanticSegmentation.TrainTestSplit(Videos(4, 4, 4, 4, 4), 0.5, "Video");
        var (_, smallest) = _ml.SemanticSegmentation.TrainTestSplit(Videos(9, 8, 3), 0.1, "Video");

        Assert.HasCount(8, Names(some)); // 10 rows are wanted; a third video would make 12
        CollectionAssert.AreEqual(new[] { "v2" }, VideosOf(smallest)); // 2 rows are wanted; no video is as small
    }

    [TestMethod]
    public void CrossValidationSplit_KeyOfNumbers_KeepsItsRowsTogether()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new Numbered { ImagePath = $"{i:d2}", Take = i % 4 }));

        var folds = _ml.SemanticSegmentation.CrossValidationSplit(data, 2, "Take");

        foreach (var fold in folds)
            Assert.HasCount(2, Names(fold.TestSet).Select(name => int.Parse(name, System.Globalization.CultureInfo.InvariantCulture) % 4).Distinct().ToArray());
    }

    [TestMethod]
    public void CrossValidationSplit_ImagesThatDoNotDecode_AreNotTouched()
    {
        using var folder = new TemporaryFolder();
        var rows = EmptyFiles(folder, 9);

        var folds = _ml.SemanticSegmentation.CrossValidationSplit(rows, 3);

        Assert.HasCount(9, folds.SelectMany(fold => Names(fold.TestSet)).ToArray());
        CollectionAssert.AreEqual(new[] { "ImagePath", "LabelPath", "Image", "Label" }, folds[0].TrainSet.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual(rows.Schema["Label"].Type, folds[0].TrainSet.Schema["Label"].Type);
    }

    [TestMethod]
    public void TrainTestSplit_ShuffledOrInParallel_GivesTheSameRows()
    {
        using var folder = new TemporaryFolder();
        var (train, _) = _ml.SemanticSegmentation.TrainTestSplit(EmptyFiles(folder, 40), 0.25);
        var path = train.Schema["ImagePath"];

        string[] inOrder = Names(train);
        using var shuffling = train.GetRowCursor([path], new Random(3));
        string[] shuffled = [.. Read(shuffling, path)];
        var cursors = train.GetRowCursorSet([path], 4);
        string[] parallel = [.. cursors.SelectMany(cursor => Read(cursor, path))];

        Assert.HasCount(30, inOrder);
        Assert.IsTrue(train.CanShuffle);
        CollectionAssert.AreNotEqual(inOrder, shuffled);
        CollectionAssert.AreEquivalent(inOrder, shuffled);
        Assert.HasCount(4, cursors);
        CollectionAssert.AreEquivalent(inOrder, parallel);
    }

    [TestMethod]
    public void Cursor_Position_CountsTheRowsOfThePart()
    {
        var (_, test) = _ml.SemanticSegmentation.TrainTestSplit(Frames(10), 0.3);
        using var cursor = test.GetRowCursor([]);
        var positions = new List<long> { cursor.Position };

        while (cursor.MoveNext())
            positions.Add(cursor.Position);
        positions.Add(cursor.Position);

        CollectionAssert.AreEqual(new long[] { -1, 0, 1, 2, -1 }, positions);
    }

    [TestMethod]
    public void CrossValidationSplit_FewerRowsThanFolds_SaysHowMany()
    {
        var rows = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.CrossValidationSplit(Frames(3), 4));
        var keys = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.CrossValidationSplit(Videos(5, 5), 3, "Video"));

        StringAssert.Contains(rows.Message, "The data has 3 rows, which cannot be divided into 4 folds.", StringComparison.Ordinal);
        StringAssert.Contains(keys.Message, "The data has 2 different values in the column 'Video', which cannot be divided into 3 folds.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void TrainTestSplit_OneKey_SaysThatItCannotBeDivided()
    {
        var thrown = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.TrainTestSplit(Videos(5), 0.2, "Video"));

        StringAssert.Contains(thrown.Message, "1 different value in the column 'Video', which cannot be divided in two.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void CrossValidationSplit_KeyColumnThatDoesNotServe_NamesIt()
    {
        using var folder = new TemporaryFolder();
        var rows = EmptyFiles(folder, 4);

        var missing = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.CrossValidationSplit(rows, 2, "Video"));
        var mask = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.CrossValidationSplit(rows, 2, "Label"));

        StringAssert.Contains(missing.Message, "Could not find sampling key column 'Video'", StringComparison.Ordinal);
        StringAssert.Contains(mask.Message, "Schema mismatch for sampling key column 'Label': expected text, a key or a number, got Mask", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0)]
    [DataRow(double.NaN)]
    public void TrainTestSplit_FractionOutOfRange_SaysSo(double fraction)
    {
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.TrainTestSplit(Frames(4), fraction));

        StringAssert.Contains(thrown.Message, "testFraction must be greater than 0 and less than 1", StringComparison.Ordinal);
    }

    // Seven videos of four frames each: 15 % of 28 are 4, one video whole.
    [TestMethod]
    public void HoldOut_SeveralVideos_HoldsOutWholeOnes()
    {
        var data = Paths([.. Enumerable.Range(0, 7).SelectMany(video => Enumerable.Range(0, 4).Select(frame => $"drive/{(char)('a' + video)}_{frame:d4}.png"))]);

        var split = _ml.SemanticSegmentation.HoldOut(data);

        string[] held = Names(split.TestSet);
        Assert.HasCount(4, held);
        Assert.HasCount(1, held.Select(path => path[6]).Distinct().ToArray());
        CollectionAssert.AreEquivalent(Names(data), Names(split.TrainSet).Concat(held).ToArray());
    }

    [TestMethod]
    public void HoldOut_OneVideo_HoldsOutItsEnd()
    {
        var data = Paths([.. Enumerable.Range(0, 20).Select(frame => $"drive/{frame:d2}.png")]);

        CollectionAssert.AreEqual(new[] { "drive/17.png", "drive/18.png", "drive/19.png" }, Names(_ml.SemanticSegmentation.HoldOut(data).TestSet)); // 15 % of 20
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(3, 1)]
    public void HoldOut_FewImages_HoldsOutOne(int count, int expected)
    {
        var split = _ml.SemanticSegmentation.HoldOut(Frames(count));

        Assert.HasCount(expected, Names(split.TestSet));
        Assert.HasCount(count - expected, Names(split.TrainSet));
    }

    // Names without numbers say nothing of neighbours.
    [TestMethod]
    public void HoldOut_ASetThatGrows_KeepsItsSides()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"drive/{new string((char)('a' + (i % 26)), 3 + (i / 26))}.png")];

        string[] before = Names(_ml.SemanticSegmentation.HoldOut(Paths(names[..39])).TestSet), after = Names(_ml.SemanticSegmentation.HoldOut(Paths(names)).TestSet);

        Assert.HasCount(6, before); // 15 % of 39
        Assert.IsGreaterThanOrEqualTo(5, before.Intersect(after).Count());
    }

    [TestMethod]
    public void HoldOut_OneImage_IsRefused() => Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.HoldOut(Frames(1)));

    private IDataView Paths(string[] paths) => _ml.Data.LoadFromEnumerable(paths.Select(path => new Frame { ImagePath = path }));

    private IDataView Frames(int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Frame { ImagePath = $"{i:d3}" }));

    private IDataView Videos(params int[] lengths) => _ml.Data.LoadFromEnumerable(
        lengths.SelectMany((length, video) => Enumerable.Range(0, length).Select(i => new Frame { ImagePath = $"{video}-{i}", Video = $"v{video}" })).ToArray());

    // Of two files an image, and of no byte: whoever decodes one throws.
    private IDataView EmptyFiles(TemporaryFolder folder, int count)
    {
        for (int i = 0; i < count; i++)
        {
            folder.Touch("images", $"{i:d2}.png");
            folder.Touch("labels", $"{i:d2}.png");
        }

        var paths = _ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]);
        return _ml.Transforms.SemanticFlow().LoadImagesAndMasks(LabelMaps.CamVid).Fit(paths).Transform(paths);
    }

    private static string[] Names(IDataView data) => Texts(data, "ImagePath");

    private static string[] VideosOf(IDataView data) => [.. Texts(data, "Video").Distinct()];

    private static string[] Texts(IDataView data, string column)
    {
        using var cursor = data.GetRowCursor([data.Schema[column]]);
        return [.. Read(cursor, data.Schema[column])];
    }

    private static List<string> Read(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var texts = new List<string>();
        var get = cursor.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            get(ref text);
            texts.Add(text.ToString());
        }

        return texts;
    }

    private sealed class Frame
    {
        public string ImagePath { get; init; } = "";

        public string Video { get; init; } = "";
    }

    private sealed class Numbered
    {
        public string ImagePath { get; init; } = "";

        public int Take { get; init; }
    }
}
