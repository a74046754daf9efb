// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

/// <summary>What label files hold travels with their paths, to where they are loaded.</summary>
[TestClass]
public sealed class LabelFilesTests : IDisposable
{
    // Raw ids of one class are train ids of the other.
    private static readonly LabelMap _swapped = LabelMap.Parse("swapped", "name,raw_id,train_id,r,g,b\nleft,1,0,1,1,1\nright,0,1,2,2,2\n");

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public LabelFilesTests()
    {
        for (int i = 0; i < 6; i++)
        {
            BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i}.png"), 32, 32, seed: i);
            new SegmentationMask(32, 32, Enumerable.Repeat((byte)(i % 2), 32 * 32).ToArray()).Save(_folder.Prepare("labels", $"{i}.png"));
        }
    }

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(MaskIds.Raw, 1, 0)]
    [DataRow(MaskIds.Train, 0, 1)]
    public void LoadMasks_NothingGiven_ReadsAsThePathsSay(MaskIds ids, int first, int second)
    {
        var loaded = Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath"), Paths(_swapped, ids));
        var both = Load(_ml.Transforms.SemanticFlow().LoadImagesAndMasks(), Paths(_swapped, ids));

        CollectionAssert.AreEqual(new[] { first, second, first, second, first, second }, FirstIds(loaded));
        CollectionAssert.AreEqual(FirstIds(loaded), FirstIds(both));
        foreach (var view in new[] { loaded, both })
            Assert.AreEqual((_swapped.ToCsv(), ids), (MaskAnnotations.TryGet(view.Schema["Label"])!.ToCsv(), MaskAnnotations.TryGetIds(view.Schema["Label"])!.Value));
    }

    [TestMethod]
    public void LoadMasks_PathsSayNothing_ReadsAsGivenAndElseRawIds()
    {
        var plain = Paths(labels: null, ids: null);

        CollectionAssert.AreEqual(new[] { 1, 0, 1, 0, 1, 0 }, FirstIds(Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", _swapped), plain)));
        CollectionAssert.AreEqual(new[] { 0, 1, 0, 1, 0, 1 }, FirstIds(Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", _swapped, MaskIds.Train), plain)));
    }

    [TestMethod]
    public void LoadMasks_NobodySaysWhatTheIdsMean_IsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath"), Paths(labels: null, MaskIds.Train)));

        Assert.StartsWith("Column 'LabelPath' does not say what the ids in its files mean. Pass the label map", error.Message);
    }

    [TestMethod]
    public void LoadMasks_OtherIdsOrMapThanThePathsSay_IsRefusedInOneSentence()
    {
        var other = LabelMap.FromClassNames("other", "left", "right"); // same classes, other raw ids
        var ids = Assert.ThrowsExactly<ArgumentException>(
            () => Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", ids: MaskIds.Raw), Paths(_swapped, MaskIds.Train)));
        var map = Assert.ThrowsExactly<ArgumentException>(() => Load(_ml.Transforms.SemanticFlow().LoadImagesAndMasks(other), Paths(_swapped, MaskIds.Raw)));

        Assert.StartsWith("Column 'LabelPath' names files of train ids of label map swapped (2 classes), which are to be read as raw ids of swapped (2 classes).", ids.Message);
        Assert.StartsWith("Column 'LabelPath' names files of raw ids of label map swapped (2 classes), which are to be read as raw ids of other (2 classes).", map.Message);
    }

    [TestMethod]
    public void LoadMasks_SameMapInOtherColours_IsTakenInThem()
    {
        var colored = _swapped.With(colors: new Dictionary<string, RgbColor> { ["left"] = new(9, 9, 9) });

        var loaded = Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", colored), Paths(_swapped, MaskIds.Raw));

        Assert.AreEqual(colored.ToCsv(), MaskAnnotations.TryGet(loaded.Schema["Label"])!.ToCsv());
    }

    [TestMethod]
    public void Transform_OtherIdsThanWereFitted_IsRefused()
    {
        var model = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath").Fit(Paths(_swapped, MaskIds.Train));

        Assert.ThrowsExactly<ArgumentException>(() => model.Transform(Paths(_swapped, MaskIds.Raw)));
        CollectionAssert.AreEqual(
            new[] { 0, 1, 0, 1, 0, 1 }, FirstIds(model.Transform(Paths(labels: null, ids: null))), "paths that say nothing are read as those that were fitted");
    }

    [TestMethod]
    public void Save_FittedToPathsOfTrainIds_ReadsThemWhenLoadedAgain()
    {
        var data = Paths(_swapped, MaskIds.Train);
        var model = _ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(data);

        _ml.Model.Save(model, data.Schema, _folder["model.zip"]);
        var again = new MLContext().Model.Load(_folder["model.zip"], out _);

        CollectionAssert.AreEqual(new[] { 0, 1, 0, 1, 0, 1 }, FirstIds(again.Transform(Paths(labels: null, ids: null))));
    }

    [TestMethod]
    public void Paths_FilteredSplitOrCached_KeepWhatTheySay()
    {
        var data = Paths(_swapped, MaskIds.Train);
        var stock = _ml.Data.TrainTestSplit(data, 0.5);
        var own = _ml.SemanticSegmentation.TrainTestSplit(data, 0.5);
        var folds = _ml.SemanticSegmentation.CrossValidationSplit(data, 2);

        IDataView[] views =
        [
            _ml.Data.TakeRows(data, 2), _ml.Data.SkipRows(data, 2), _ml.Data.ShuffleRows(data, seed: 1), _ml.Data.Cache(data),
            _ml.Data.FilterByCustomPredicate<Named>(data, row => row.ImagePath!.EndsWith("1.png", StringComparison.Ordinal)),
            stock.TrainSet, stock.TestSet, own.TrainSet, own.TestSet, folds[0].TrainSet, folds[1].TestSet,
            _ml.Transforms.CopyColumns("Again", "ImagePath").Fit(data).Transform(data),
        ];

        foreach (var view in views)
        {
            var column = view.Schema["LabelPath"];
            Assert.AreEqual((_swapped.ToCsv(), MaskIds.Train), (MaskAnnotations.TryGet(column)!.ToCsv(), MaskAnnotations.TryGetIds(column)!.Value), view.GetType().Name);
            foreach (var (path, id) in view.GetColumn<string>("LabelPath").Zip(FirstIds(Load(_ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath"), view))))
                Assert.AreEqual(int.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture) % 2, id, path);
        }
    }

    [TestMethod]
    public void Resize_LoadedMasks_KeepWhatTheirFilesHold()
    {
        var pipeline = _ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(_ml.Transforms.SemanticFlow().Resize(16, 16));

        var resized = Load(pipeline, Paths(_swapped, MaskIds.Train));

        Assert.AreEqual(MaskIds.Train, MaskAnnotations.TryGetIds(resized.Schema["Label"]));
    }

    private IDataView Paths(LabelMap? labels, MaskIds? ids) => _ml.SemanticSegmentation.Data.Folder(_folder["images"], _folder["labels"], labels, ids);

    private static IDataView Load(IEstimator<ITransformer> estimator, IDataView data) => estimator.Fit(data).Transform(data);

    private static int[] FirstIds(IDataView data) => [.. data.GetColumn<SegmentationMask>("Label").Select(mask => (int)mask.Ids[0])];

    private sealed class Named
    {
        public string? ImagePath { get; set; }
    }
}
