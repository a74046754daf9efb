// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class SemanticFlowTransformerTests
{
    private static readonly TemporaryFolder _folder = new();
    private static readonly SegmentationMask[] _expected = new SegmentationMask[6];
    private static string _model = "";

    private readonly MLContext _ml = new(seed: 1);

    [ClassInitialize]
    public static void Draw(TestContext _)
    {
        _model = BrightestChannelModel.Save(_folder["model.onnx"]);
        for (int i = 0; i < _expected.Length; i++)
            _expected[i] = BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i}.png"), height: 40 + i, width: 64, seed: i);
    }

    [ClassCleanup]
    public static void Remove() => _folder.Dispose();

    [TestMethod]
    public void Transform_AfterLoadImages_LabelsEveryPixelInRowOrder()
    {
        var scored = Pipeline().Fit(Data()).Transform(Data());

        var masks = Masks(scored);

        Assert.HasCount(_expected.Length, masks);
        for (int i = 0; i < masks.Length; i++)
        {
            Assert.AreEqual((_expected[i].Height, _expected[i].Width), (masks[i].Height, masks[i].Width));
            Assert.IsTrue(_expected[i].Ids.SequenceEqual(masks[i].Ids), $"row {i}");
        }
    }

    [TestMethod]
    public void Transform_ColumnNotAsked_IsNotComputed()
    {
        var images = new CountedImages(_ml, _folder["images"]);
        var scored = _ml.Transforms.SemanticFlow(_model).Fit(images.View).Transform(images.View);

        string[] paths = [.. scored.GetColumn<string>("ImagePath")];
        int whenPruned = images.Decoded;
        _ = Masks(scored);

        Assert.HasCount(_expected.Length, paths);
        Assert.AreEqual(0, whenPruned);
        Assert.AreEqual(_expected.Length, images.Decoded);
    }

    [TestMethod]
    public void GetRowCursor_ImageAndMaskOfOneRow_DecodeOnce()
    {
        var images = new CountedImages(_ml, _folder["images"]);
        var scored = _ml.Transforms.SemanticFlow(_model).Fit(images.View).Transform(images.View);

        int rows = 0;
        using (var cursor = scored.GetRowCursor([scored.Schema["Image"], scored.Schema["PredictedLabel"]]))
        {
            var getImage = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
            var getMask = cursor.GetGetter<SegmentationMask>(scored.Schema["PredictedLabel"]);
            MLImage image = null!;
            SegmentationMask mask = null!, again = null!;
            while (cursor.MoveNext())
            {
                getImage(ref image);
                Assert.AreEqual(_expected[rows].Height, image.Height);
                image.Dispose(); // the reader's own: the mask does not need it
                getMask(ref mask);
                getMask(ref again);
                Assert.AreSame(mask, again);
                Assert.IsTrue(_expected[rows++].Ids.SequenceEqual(mask.Ids));
            }
        }

        Assert.AreEqual(_expected.Length, rows);
        Assert.AreEqual(_expected.Length, images.Decoded);
    }

    [TestMethod]
    public void GetRowCursor_NextRow_DisposesTheImageBefore()
    {
        var images = new CountedImages(_ml, _folder["images"]);
        var scored = _ml.Transforms.SemanticFlow(_model, execution: new ExecutionOptions { MaxDegreeOfParallelism = 1 }).Fit(images.View).Transform(images.View);

        _ = Masks(scored);

        Assert.HasCount(_expected.Length, images.Made);
        foreach (var image in images.Made.SkipLast(1))
            Assert.ThrowsExactly<InvalidOperationException>(() => image.Width);
    }

    [TestMethod]
    public void GetRowCursorSet_FourCursors_SplitAndGiveTheSameMasks()
    {
        var scored = Pipeline().Fit(Data()).Transform(Data());
        var column = scored.Schema["PredictedLabel"];

        var cursors = scored.GetRowCursorSet([column], 4);
        var masks = new SegmentationMask[_expected.Length];
        Parallel.ForEach(cursors, cursor =>
        {
            var getter = cursor.GetGetter<SegmentationMask>(column);
            while (cursor.MoveNext())
                getter(ref masks[cursor.Batch]);
            cursor.Dispose();
        });

        Assert.HasCount(4, cursors);
        for (int i = 0; i < masks.Length; i++)
            Assert.IsTrue(_expected[i].Ids.SequenceEqual(masks[i].Ids), $"row {i}");
    }

    [TestMethod]
    public void PredictionEngine_PathIn_MaskOut()
    {
        var model = Pipeline().Fit(Data());
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, MaskRow>(model);

        var first = engine.Predict(new PathRow { ImagePath = _folder["images", "3.png"] });
        var second = engine.Predict(new PathRow { ImagePath = _folder["images", "1.png"] });

        Assert.IsTrue(_expected[3].Ids.SequenceEqual(first.PredictedLabel!.Ids));
        Assert.IsTrue(_expected[1].Ids.SequenceEqual(second.PredictedLabel!.Ids));
    }

    [TestMethod]
    public void PredictionEngine_ImageIn_LeavesTheCallersImageAlone()
    {
        using var image = MLImage.CreateFromFile(_folder["images", "2.png"]);
        var data = _ml.Data.LoadFromEnumerable<ImageRow>([]);
        var engine = _ml.Model.CreatePredictionEngine<ImageRow, MaskRow>(_ml.Transforms.SemanticFlow(_model).Fit(data));

        var scored = engine.Predict(new ImageRow { Image = image });
        engine.Dispose();

        Assert.IsTrue(_expected[2].Ids.SequenceEqual(scored.PredictedLabel!.Ids));
        Assert.AreEqual(_expected[2].Height * 64 * 4, image.Pixels.Length);
    }

    [TestMethod]
    public void Dispose_Chain_DisposesTheModel()
    {
        var chain = Pipeline().Fit(Data());
        var model = chain.LastTransformer.Model;
        using var image = MLImage.CreateFromFile(_folder["images", "0.png"]);
        _ = model.Predict(image);

        chain.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Predict(image));
    }

    // ML.NET drops every column of a type of its user's, its own images too: cache paths, not masks.
    [TestMethod]
    public void CacheAndShuffle_MaskColumn_IsDroppedByMlNet()
    {
        var scored = Pipeline().Fit(Data()).Transform(Data());

        Assert.IsNull(_ml.Data.Cache(scored).Schema.GetColumnOrNull("PredictedLabel"));
        Assert.IsNull(_ml.Data.ShuffleRows(scored, seed: 1).Schema.GetColumnOrNull("PredictedLabel"));
    }

    [TestMethod]
    public void Fit_CacheBeforeIt_SaysThatTheCacheDropsImages()
    {
        var pipeline = _ml.Transforms.LoadImages("Image", null, "ImagePath").AppendCacheCheckpoint(_ml).Append(_ml.Transforms.SemanticFlow(_model));

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pipeline.Fit(Data()));

        StringAssert.Contains(error.Message, "A cache (AppendCacheCheckpoint, Data.Cache) drops images and masks", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ColumnMissing_SaysSoAsMlNetDoes()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.SemanticFlow(_model).Fit(Data()));

        StringAssert.StartsWith(
            error.Message, "Could not find input column 'Image'. Add the step that makes it, such as SemanticFlow().LoadImages(), before this one.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void GetOutputSchema_ColumnOfAnotherType_SaysSoAsMlNetDoes()
    {
        var estimator = _ml.Transforms.SemanticFlow(_model, "PredictedLabel", "ImagePath");
        var chain = _ml.Transforms.CopyColumns("Copy", "ImagePath").Append(estimator);

        var whenFitted = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => estimator.Fit(Data()));
        var whenChained = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => chain.Fit(Data()));

        StringAssert.StartsWith(whenFitted.Message, "Schema mismatch for input column 'ImagePath': expected Image, got String", StringComparison.Ordinal);
        StringAssert.StartsWith(whenChained.Message, "Schema mismatch for input column 'ImagePath': expected Image, got String", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Score_NotAModel_NamesTheFile()
    {
        string path = _folder["not-a-model.onnx"];
        File.WriteAllText(path, "not a model");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.SemanticFlow(path));

        StringAssert.Contains(error.Message, "not-a-model.onnx", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Transform_ImageTooSmall_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["tiny.png"], height: 8, width: 8, seed: 1);
        var data = _ml.SemanticSegmentation.Data.Folder(folder.Root);
        var scored = Pipeline().Fit(data).Transform(data);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Masks(scored));

        StringAssert.Contains(error.Message, "tiny.png", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Save_Load_GivesTheSameMasks()
    {
        string zip = _folder["pipeline.zip"];
        var model = Pipeline().Fit(Data());
        _ml.Model.Save(model, Data().Schema, zip);

        var loaded = new MLContext().Model.Load(zip, out var schema);
        var masks = Masks(loaded.Transform(Data()));

        Assert.IsNotNull(schema.GetColumnOrNull("ImagePath"));
        for (int i = 0; i < masks.Length; i++)
            Assert.IsTrue(_expected[i].Ids.SequenceEqual(masks[i].Ids), $"row {i}");
        Assert.AreEqual("red", loaded.GetOutputSchema(schema)["PredictedLabel"] is var column ? SemanticFlow.Data.MaskAnnotations.TryGet(column)!.Classes[2].Name : "");
    }

    [TestMethod]
    public void Save_Load_KeepsTheInferenceOptions()
    {
        string zip = _folder["inference.zip"];
        var inference = new InferenceOptions
        {
            Scales = [0.9, 1.1],
            Flip = true,
            SlidingWindow = new SlidingWindow { Height = 32, Width = 48, Overlap = 0.25, Blending = TileBlending.Linear },
        };
        var model = _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(_ml.Transforms.SemanticFlow(_model, inference: inference)).Fit(Data());
        _ml.Model.Save(model, Data().Schema, zip);

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(zip, out _);

        Assert.AreEqual(inference, ((SemanticFlowTransformer)loaded.LastTransformer).Inference);
        using var image = MLImage.CreateFromFile(_folder["images", "1.png"]);
        var direct = model.LastTransformer.Model.Predict(image, inference);
        Assert.IsTrue(direct.Ids.SequenceEqual(Masks(loaded.Transform(Data()))[1].Ids));
        Assert.IsFalse(direct.Ids.SequenceEqual(_expected[1].Ids)); // resized noise: the options made a difference
    }

    [TestMethod]
    public void Load_SavedBeforeInferenceOptions_IsOnePass()
    {
        string zip = _folder["older.zip"];
        _ml.Model.Save(Pipeline().Fit(Data()), Data().Schema, zip);
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
        {
            // Without what was added: the format, the number of scales and one scale, two flags.
            using var payload = archive.Entries.Single(entry => entry.Name == "SemanticFlow.bin").Open();
            payload.SetLength(payload.Length - 1 - 4 - 8 - 1 - 1);
        }

        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(zip, out _);

        Assert.AreEqual(new InferenceOptions(), ((SemanticFlowTransformer)loaded.LastTransformer).Inference);
        Assert.IsTrue(_expected[1].Ids.SequenceEqual(Masks(loaded.Transform(Data()))[1].Ids));
    }

    [TestMethod]
    public void Transform_CancelledContext_Stops()
    {
        var scored = Pipeline().Fit(Data()).Transform(Data());

        typeof(MLContext).GetMethod("CancelExecution", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.Invoke(_ml, null);

        Assert.ThrowsExactly<OperationCanceledException>(() => Masks(scored));
    }

    [TestMethod]
    public void LoadModel_Log_NamesTheClasses()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.Message);

        using var model = _ml.SemanticSegmentation.LoadModel(_model);

        Assert.AreEqual(3, model.Labels.ClassCount);
        Assert.IsTrue(lines.Any(line => line.Contains("3 classes of channels", StringComparison.Ordinal)), string.Join('\n', lines));
    }

    private static SegmentationMask[] Masks(IDataView data) => [.. data.GetColumn<SegmentationMask>("PredictedLabel")];

    private IDataView Data() => _ml.SemanticSegmentation.Data.Folder(_folder["images"]);

    private EstimatorChain<SemanticFlowTransformer> Pipeline() =>
        _ml.Transforms.LoadImages("Image", null, "ImagePath").Append(_ml.Transforms.SemanticFlow(_model));

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class ImageRow
    {
        [ImageType(40, 64)]
        public MLImage? Image { get; set; }
    }

    private sealed class MaskRow
    {
        [SegmentationMaskType]
        public SegmentationMask? PredictedLabel { get; set; }
    }
}
