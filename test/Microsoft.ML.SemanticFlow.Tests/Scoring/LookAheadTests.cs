// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Rows that are scored before they are read.</summary>
[TestClass]
public sealed class LookAheadTests
{
    private const int Count = 23;

    private static readonly TemporaryFolder _folder = new();
    private static readonly SegmentationMask[] _expected = new SegmentationMask[Count];
    private static string _model = "";

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Where the paths come from.</summary>
    public enum Source
    {
        /// <summary>Our reader, which gives each cursor its rows.</summary>
        Folder,

        /// <summary>A list, which cannot be split: the stock transforms over it deal out 64 rows at a time.</summary>
        List,
    }

    [ClassInitialize]
    public static void Draw(TestContext _)
    {
        _model = BrightestChannelModel.Save(_folder["model.onnx"]);
        for (int i = 0; i < Count; i++)
            _expected[i] = BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i:d2}.png"), height: 40 + i, width: 64, seed: i);
    }

    [ClassCleanup]
    public static void Remove() => _folder.Dispose();

    [TestMethod]
    [DataRow(Source.Folder, 1)]
    [DataRow(Source.Folder, 2)]
    [DataRow(Source.Folder, 5)]
    [DataRow(Source.Folder, 64)]
    [DataRow(Source.List, 1)]
    [DataRow(Source.List, 2)]
    [DataRow(Source.List, 5)]
    public void GetRowCursor_AnyDegree_GivesEachRowItsOwnValuesInOrder(Source source, int degree)
    {
        var scored = Scored(source, degree);
        using var cursor = scored.GetRowCursor(scored.Schema);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["ImagePath"]);
        var getImage = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        var getConfidence = cursor.GetGetter<VBuffer<float>>(scored.Schema["Confidence"]);
        var getId = cursor.GetIdGetter();
        ReadOnlyMemory<char> path = default;
        MLImage image = null!;
        SegmentationMask mask = null!, again = null!;
        VBuffer<float> confidence = default;
        DataViewRowId id = default;

        int row = 0;
        for (; cursor.MoveNext(); row++)
        {
            getImage(ref image);
            getMask(ref mask);
            getPath(ref path);
            getConfidence(ref confidence);
            getId(ref id);
            getMask(ref again);

            Assert.AreEqual(row, cursor.Position);
            Assert.AreEqual((ulong)row, id.Low);
            Assert.AreEqual(_folder["images", $"{row:d2}.png"], path.ToString());
            Assert.AreEqual(40 + row, image.Height);
            Assert.AreEqual((40 + row) * 64, confidence.Length);
            Assert.IsTrue(_expected[row].Ids.SequenceEqual(mask.Ids), $"row {row}");
            Assert.AreSame(mask, again);
        }

        Assert.AreEqual(Count, row);
        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void GetRowCursor_Shuffled_GivesEachRowItsOwnValues()
    {
        var scored = Scored(Source.Folder, degree: 3);
        var paths = new List<string>();
        using var cursor = scored.GetRowCursor(scored.Schema, new Random(5));
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["ImagePath"]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        ReadOnlyMemory<char> path = default;
        SegmentationMask mask = null!;

        while (cursor.MoveNext())
        {
            getPath(ref path);
            getMask(ref mask);
            paths.Add(path.ToString());
            Assert.IsTrue(_expected[int.Parse(Path.GetFileNameWithoutExtension(paths[^1]), null)].Ids.SequenceEqual(mask.Ids), paths[^1]);
        }

        Assert.AreEqual(Count, paths.Distinct().Count());
        CollectionAssert.AreNotEqual(paths.Order(StringComparer.Ordinal).ToArray(), paths);
    }

    [TestMethod]
    public void GetRowCursor_SubsetOfAFolder_KeepsItsOrder()
    {
        var parts = _ml.SemanticSegmentation.TrainTestSplit(_ml.SemanticSegmentation.Data.Folder(_folder["images"]), testFraction: 0.4, seed: 3);
        var scored = Pipeline(degree: 3).Fit(parts.TestSet).Transform(parts.TestSet);

        string[] paths = [.. scored.GetColumn<string>("ImagePath")];
        SegmentationMask[] masks = [.. scored.GetColumn<SegmentationMask>("PredictedLabel")];

        Assert.HasCount(paths.Length, masks);
        for (int i = 0; i < masks.Length; i++)
            Assert.IsTrue(_expected[int.Parse(Path.GetFileNameWithoutExtension(paths[i]), null)].Ids.SequenceEqual(masks[i].Ids), paths[i]);
    }

    [TestMethod]
    [DataRow(Source.Folder)]
    [DataRow(Source.List)]
    public void GetRowCursor_BadImage_ThrowsAtItsRowAndGoesOn(Source source)
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 6; i++)
            BrightestChannelModel.SaveImage(folder.Prepare($"{i}.png"), height: i == 2 ? 8 : 40, width: 64, seed: i);
        var data = Data(source, folder.Root);
        var scored = Pipeline(degree: 2).Fit(data).Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["ImagePath"], scored.Schema["PredictedLabel"]]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["ImagePath"]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        ReadOnlyMemory<char> path = default;
        SegmentationMask mask = null!;
        var faults = new List<string>();

        for (int row = 0; cursor.MoveNext(); row++)
        {
            getPath(ref path);
            Assert.AreEqual(folder[$"{row}.png"], path.ToString());
            try
            {
                getMask(ref mask);
            }
            catch (InvalidDataException exception)
            {
                faults.Add($"{row}: {exception.Message}");
            }
        }

        Assert.HasCount(1, faults);
        Assert.StartsWith($"2: Image '{folder["2.png"]}': The image is 8 x 64 pixels", faults[0]);
    }

    [TestMethod]
    public void GetRowCursor_InputThatFails_ThrowsAfterTheRowsBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(Failing());
        var scored = Pipeline(degree: 2).Fit(data).Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);

        Assert.IsTrue(cursor.MoveNext());
        Assert.IsTrue(cursor.MoveNext());
        var error = Assert.ThrowsExactly<IOException>(() => cursor.MoveNext());

        Assert.AreEqual("The disk is gone.", error.Message);
        Assert.IsFalse(cursor.MoveNext());

        static IEnumerable<PathRow> Failing()
        {
            yield return new PathRow { ImagePath = _folder["images", "00.png"] };
            yield return new PathRow { ImagePath = _folder["images", "01.png"] };
            throw new IOException("The disk is gone.");
        }
    }

    [TestMethod]
    [DataRow(Source.Folder)]
    [DataRow(Source.List)]
    public void GetRowCursor_SlowReader_IsTwoRowsAThreadAheadAndNoMore(Source source)
    {
        const int Degree = 3;
        var images = new CountedImages(_ml, Data(source, _folder["images"]));
        var scored = _ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = Degree }).Fit(images.View).Transform(images.View);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);

        Assert.AreEqual(0, images.Decoded);
        for (int row = 0; cursor.MoveNext(); row++)
        {
            // The row that is read is one of the two of its thread.
            int bound = Math.Min(row + (Degree * LookAheadCursor.RowsEach), Count);
            Assert.IsTrue(SpinWait.SpinUntil(() => images.Decoded >= Math.Min(row + Degree, Count), TimeSpan.FromSeconds(30)), $"row {row}");
            Assert.IsLessThanOrEqualTo(bound, images.Decoded, $"row {row}");
        }

        Assert.AreEqual(Count, images.Decoded);
        // Those of rows gone by are disposed: what is left is the last of each thread.
        Assert.IsLessThanOrEqualTo(Degree * LookAheadCursor.RowsEach, images.Made.Count(IsAlive));
    }

    [TestMethod]
    public void Dispose_MidWay_StopsReadingAndDisposesTheInput()
    {
        var source = new WatchedView(_ml.SemanticSegmentation.Data.Folder(_folder["images"]));
        var images = new CountedImages(_ml, source);
        var scored = _ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = 4 }).Fit(images.View).Transform(images.View);
        var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
        Assert.IsTrue(cursor.MoveNext());

        cursor.Dispose();
        cursor.Dispose();

        Assert.AreEqual(0, source.Open);
        Assert.IsLessThanOrEqualTo(8, images.Decoded);
        Assert.ThrowsExactly<ObjectDisposedException>(() => cursor.MoveNext());
    }

    [TestMethod]
    public void Dispose_BeforeTheFirstRow_HasReadNothing()
    {
        var source = new WatchedView(_ml.SemanticSegmentation.Data.Folder(_folder["images"]));
        var images = new CountedImages(_ml, source);
        var scored = _ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = 4 }).Fit(images.View).Transform(images.View);

        scored.GetRowCursor([scored.Schema["PredictedLabel"]]).Dispose();

        Assert.AreEqual((0, 0), (images.Decoded, source.Open));
    }

    [TestMethod]
    public void GetRowCursor_CancelledContext_ThrowsAtTheNextRowsThatWereNotScored()
    {
        var scored = Scored(Source.Folder, degree: 2);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        SegmentationMask mask = null!;
        Assert.IsTrue(cursor.MoveNext());

        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(_ml, null);

        int rows = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() =>
        {
            for (; cursor.MoveNext(); rows++)
                getMask(ref mask);
        });
        Assert.IsLessThanOrEqualTo(2 * LookAheadCursor.RowsEach, rows);
    }

    [TestMethod]
    public void GetRowCursor_DegreeOfOne_ScoresARowWhenItIsRead()
    {
        var images = new CountedImages(_ml, _folder["images"]);
        var scored = _ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = 1 }).Fit(images.View).Transform(images.View);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);
        var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
        SegmentationMask mask = null!;

        Assert.IsTrue(cursor.MoveNext() && cursor.MoveNext());
        Assert.AreEqual(0, images.Decoded);
        getMask(ref mask);

        Assert.AreEqual(1, images.Decoded);
        Assert.IsTrue(_expected[1].Ids.SequenceEqual(mask.Ids));
    }

    [TestMethod]
    public void GetRowCursor_ScoreAtTheDefaultDegree_IsNotComputedAhead()
    {
        var images = new CountedImages(_ml, _folder["images"]);
        var scored = _ml.Transforms.SemanticFlow(_model, scoreColumnName: "Score").Fit(images.View).Transform(images.View);
        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"], scored.Schema["Score"]]);

        Assert.IsTrue(cursor.MoveNext());

        Assert.AreEqual(0, images.Decoded);
    }

    [TestMethod]
    public void GetRowCursor_NoRows_Ends()
    {
        var data = _ml.Data.LoadFromEnumerable<PathRow>([]);
        var scored = Pipeline(degree: 4).Fit(data).Transform(data);

        using var cursor = scored.GetRowCursor([scored.Schema["PredictedLabel"]]);

        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    [DataRow(Source.Folder, 4, null, 4)]
    [DataRow(Source.List, 4, null, 4)]
    [DataRow(Source.Folder, 4, 3, 3)]
    [DataRow(Source.List, 4, 1, 1)]
    public void GetRowCursorSet_AnySource_GivesEveryRowOnceWithItsPlace(Source source, int asked, int? degree, int given)
    {
        var scored = Scored(source, degree);
        var column = scored.Schema["PredictedLabel"];
        var masks = new List<(long Batch, SegmentationMask Mask)>();

        var cursors = scored.GetRowCursorSet([column], asked);
        Parallel.ForEach(cursors, cursor =>
        {
            var getMask = cursor.GetGetter<SegmentationMask>(column);
            SegmentationMask mask = null!;
            while (cursor.MoveNext())
            {
                getMask(ref mask);
                lock (masks)
                    masks.Add((cursor.Batch, mask));
            }

            cursor.Dispose();
        });

        Assert.HasCount(given, cursors);
        SegmentationMask[] inOrder = [.. masks.OrderBy(row => row.Batch).Select(row => row.Mask)];
        Assert.HasCount(Count, inOrder);
        for (int i = 0; i < Count; i++)
            Assert.IsTrue(_expected[i].Ids.SequenceEqual(inOrder[i].Ids), $"row {i}");
    }

    [TestMethod]
    public void GetRowCursor_StockTransformAfterwards_KeepsTheOrder()
    {
        // Numbers alone: ML.NET reads several cursors and puts their batches together again.
        var data = Data(Source.Folder, _folder["images"]);
        var pipeline = Pipeline(degree: 3).Append(_ml.Transforms.CopyColumns("Copy", "Confidence"));
        var copied = pipeline.Fit(data).Transform(data);

        float[][] rows = [.. copied.GetColumn<float[]>("Copy")];

        for (int i = 0; i < Count; i++)
            Assert.HasCount((40 + i) * 64, rows[i], $"row {i}");
    }

    [TestMethod]
    public void ForRows_ThreadsLeftOpen_IsASecondSessionThatGoesWithTheModel()
    {
        var model = SegmentationModel.Load(_model);
        using var fixedThreads = SegmentationModel.Load(_model, new ExecutionOptions { IntraOpThreads = 2 });
        using var hooked = SegmentationModel.Load(_model, new ExecutionOptions { ConfigureSession = _ => { } });

        var rows = model.ForRows();
        using var image = MLImage.CreateFromFile(_folder["images", "03.png"]);

        Assert.AreSame(rows, model.ForRows());
        Assert.AreEqual(1, Environment.ProcessorCount == 1 ? 1 : rows.Execution.IntraOpThreads);
        Assert.IsTrue(_expected[3].Ids.SequenceEqual(rows.Predict(image).Ids));
        Assert.AreSame(fixedThreads, fixedThreads.ForRows());
        Assert.AreSame(hooked, hooked.ForRows());
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => rows.Predict(image));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.ForRows().Predict(image));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    public void MaxDegreeOfParallelism_BelowOne_Throws(int degree) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ExecutionOptions { MaxDegreeOfParallelism = degree });

    private static bool IsAlive(MLImage image)
    {
        try
        {
            return image.Width > 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private IDataView Scored(Source source, int? degree)
    {
        var data = Data(source, _folder["images"]);
        return Pipeline(degree).Fit(data).Transform(data);
    }

    private IDataView Data(Source source, string folder) => source == Source.Folder
        ? _ml.SemanticSegmentation.Data.Folder(folder)
        : _ml.Data.LoadFromEnumerable(Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal).Select(path => new PathRow { ImagePath = path }).ToArray());

    private EstimatorChain<SemanticFlowTransformer> Pipeline(int? degree) => _ml.Transforms.LoadImages("Image", null, "ImagePath")
        .Append(_ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = degree }, confidenceColumnName: "Confidence"));

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
