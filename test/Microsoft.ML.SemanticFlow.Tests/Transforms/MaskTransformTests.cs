// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Tests.Transforms;

[TestClass]
public sealed class MaskTransformTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void LoadMasks_FolderOfTwo_ReadsIdsAndCarriesTheMap()
    {
        var expected = Draw("0", 32, 48);
        Draw("1", 40, 36);
        var data = Data();

        var loaded = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", BrightestChannelModel.Labels).Fit(data).Transform(data);

        var masks = loaded.GetColumn<SegmentationMask>("Label").ToArray();
        Assert.IsTrue(expected.Ids.SequenceEqual(masks[0].Ids));
        Assert.AreEqual((40, 36), (masks[1].Height, masks[1].Width));
        var labels = MaskAnnotations.TryGet(loaded.Schema["Label"])!;
        Assert.AreEqual((BrightestChannelModel.Labels.Name, BrightestChannelModel.Labels.ToCsv()), (labels.Name, labels.ToCsv()));
    }

    [TestMethod]
    public void LoadMasks_EmptyPath_GivesNoMask()
    {
        var data = _ml.Data.LoadFromEnumerable([new { LabelPath = "" }]);

        var loaded = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", BrightestChannelModel.Labels).Fit(data).Transform(data);

        Assert.IsNull(loaded.GetColumn<SegmentationMask>("Label").Single());
    }

    [TestMethod]
    public void LoadImagesAndMasks_SizesDiffer_NamesBothFilesAndSizes()
    {
        Draw("0", 32, 48);
        BrightestChannelModel.SaveImage(_folder["images", "0.png"], 64, 48, seed: 5);
        var data = Data();
        var loaded = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(BrightestChannelModel.Labels).Fit(data).Transform(data);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => loaded.GetColumn<SegmentationMask>("Label").ToArray());

        Assert.AreEqual(
            $"Image '{_folder["images", "0.png"]}' is 64 x 48, its label '{_folder["labels", "0.png"]}' 32 x 48 (height x width). Give a label of the image's size.",
            error.Message);
    }

    [TestMethod]
    public void Resize_ImageAndMask_BothTakeTheSize()
    {
        Draw("0", 32, 48);
        var data = Data();
        var pipeline = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(BrightestChannelModel.Labels).Append(_ml.Transforms.SemanticFlow().Resize(64, 96));

        var resized = pipeline.Fit(data).Transform(data);

        var type = (ImageDataViewType)resized.Schema["Image"].Type;
        Assert.AreEqual((64, 96), (type.Height, type.Width));
        using var image = resized.GetColumn<MLImage>("Image").Single();
        var mask = resized.GetColumn<SegmentationMask>("Label").Single();
        Assert.AreEqual((64, 96, 64, 96), (image.Height, image.Width, mask.Height, mask.Width));
        Assert.AreEqual("channels", MaskAnnotations.TryGet(resized.Schema["Label"])!.Name);
    }

    [TestMethod]
    public void Resize_Mask_RepeatsEveryIdWhenDoubled()
    {
        var mask = Draw("0", 32, 48);
        var data = Data();
        var pipeline = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", BrightestChannelModel.Labels)
            .Append(_ml.Transforms.SemanticFlow().Resize(64, 96, imageColumnName: null));

        var resized = pipeline.Fit(data).Transform(data).GetColumn<SegmentationMask>("Label").Single();

        for (int row = 0; row < 64; row++)
        {
            for (int column = 0; column < 96; column++)
                Assert.AreEqual(mask[row / 2, column / 2], resized[row, column]);
        }
    }

    [TestMethod]
    public void Colorize_Mask_HasTheClassesColours()
    {
        var mask = Draw("0", 32, 48);
        var data = Data();
        var pipeline = _ml.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", BrightestChannelModel.Labels)
            .Append(_ml.Transforms.SemanticFlow().Colorize("Colours", "Label"));

        using var colours = pipeline.Fit(data).Transform(data).GetColumn<MLImage>("Colours").Single();

        var pixels = colours.Pixels;
        for (int i = 0; i < mask.Ids.Length; i++)
        {
            var color = BrightestChannelModel.Labels.Classes[mask.Ids[i]].Color;
            Assert.AreEqual(color, new RgbColor(pixels[4 * i + 2], pixels[4 * i + 1], pixels[4 * i]));
        }
    }

    [TestMethod]
    public void Overlay_HalfOpaque_IsBetweenImageAndColour()
    {
        var mask = Draw("0", 32, 48);
        var data = Data();
        var pipeline = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(BrightestChannelModel.Labels)
            .Append(_ml.Transforms.SemanticFlow().Overlay("Overlay", maskColumnName: "Label"));
        using var image = MLImage.CreateFromFile(_folder["images", "0.png"]);

        using var overlay = pipeline.Fit(data).Transform(data).GetColumn<MLImage>("Overlay").Single();

        int red = image.PixelFormat == MLPixelFormat.Bgra32 ? 2 : 0;
        double expected = (image.Pixels[red] + BrightestChannelModel.Labels.Classes[mask.Ids[0]].Color.R) / 2.0;
        Assert.AreEqual(expected, overlay.Pixels[2], 1); // one step of rounding
    }

    [TestMethod]
    public void SaveAndLoad_EveryTransform_ComesBack()
    {
        Draw("0", 32, 48);
        var data = Data();
        var catalog = _ml.Transforms.SemanticFlow();
        var pipeline = catalog.LoadImagesAndMasks(BrightestChannelModel.Labels)
            .Append(catalog.LoadMasks("Again", "LabelPath", BrightestChannelModel.Labels))
            .Append(catalog.Resize(64, 96))
            .Append(catalog.Colorize("Colours", "Label"))
            .Append(catalog.Overlay("Overlay", "Image", "Label", opacity: 0.25));
        var model = pipeline.Fit(data);
        string zip = _folder["pipeline.zip"];

        _ml.Model.Save(model, data.Schema, zip);
        var loaded = new MLContext().Model.Load(zip, out _);

        IDataView before = model.Transform(data), after = loaded.Transform(data);
        Assert.AreEqual(before.Schema.ToString(), after.Schema.ToString());
        foreach (string column in (string[])["Image", "Colours", "Overlay"])
        {
            using var expected = before.GetColumn<MLImage>(column).Single();
            using var actual = after.GetColumn<MLImage>(column).Single();
            Assert.IsTrue(expected.Pixels.SequenceEqual(actual.Pixels), column);
        }

        foreach (string column in (string[])["Label", "Again"])
        {
            Assert.IsTrue(before.GetColumn<SegmentationMask>(column).Single().Ids.SequenceEqual(after.GetColumn<SegmentationMask>(column).Single().Ids), column);
            Assert.AreEqual("channels", MaskAnnotations.TryGet(after.Schema[column])!.Name);
        }
    }

    [TestMethod]
    [DataRow("images", "Gray16")]
    [DataRow("images and masks", "Gray16")]
    [DataRow("masks", "MaskIds")]
    [DataRow("scorer", "TileBlending")]
    public void Load_SavedChoiceThatNoVersionKnows_IsRefused(string what, string choice)
    {
        Draw("0", 32, 48);
        var data = Data();
        var catalog = _ml.Transforms.SemanticFlow();
        IEstimator<ITransformer> estimator = what switch
        {
            "images" => catalog.LoadImages("Image", "ImagePath"),
            "masks" => catalog.LoadMasks("Label", "LabelPath", BrightestChannelModel.Labels),
            "scorer" => catalog.LoadImages("Image", "ImagePath").Append(catalog.Score(
                BrightestChannelModel.Save(_folder["model.onnx"]), inference: new InferenceOptions { SlidingWindow = new SlidingWindow { Height = 32, Width = 32 } })),
            _ => catalog.LoadImagesAndMasks(BrightestChannelModel.Labels),
        };
        string zip = _folder["newer.zip"];
        _ml.Model.Save(estimator.Fit(data), data.Schema, zip);
        using (var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update))
        {
            // Each payload ends with the choice: in one byte, and that of the scorer in four.
            using var payload = archive.Entries.Last(entry => entry.Name == "SemanticFlow.bin").Open();
            payload.Position = payload.Length - (what == "scorer" ? sizeof(int) : 1);
            payload.WriteByte(9);
        }

        var refused = Assert.Throws<Exception>(() => new MLContext().Model.Load(zip, out _)).GetBaseException();

        Assert.IsInstanceOfType<InvalidDataException>(refused);
        Assert.AreEqual(
            $"The saved model has 9 for {choice}, which this version of the library does not know: it is damaged, or a later version wrote it. " +
            "Copy the model file again, or update Microsoft.ML.SemanticFlow.",
            refused.Message);
    }

    // Saved by version 0.1.0 of this library with ML.NET 5.0.1 and SkiaSharp 2.88.9: the pipeline below, every transform in it.
    [TestMethod]
    public void Load_PipelineSavedWithMlNet5_GivesWhatItsStepsGive()
    {
        var expected = Draw("0", 32, 48);
        var data = Data();
        var catalog = _ml.Transforms.SemanticFlow();
        var pipeline = _ml.Transforms.LoadImages("Stock", null, "ImagePath")
            .Append(catalog.LoadImagesAndMasks(BrightestChannelModel.Labels))
            .Append(catalog.LoadMasks("Again", "LabelPath", BrightestChannelModel.Labels))
            .Append(_ml.Transforms.SemanticFlow(BrightestChannelModel.Save(_folder["model.onnx"]), inputColumnName: "Stock"))
            .Append(catalog.Resize(64, 96))
            .Append(catalog.Colorize("Colours"))
            .Append(catalog.Overlay("Overlay", "Image", "Label", opacity: 0.25));

        var loaded = new MLContext().Model.Load(TestFiles.Find("pipeline-mlnet-5.0.1.zip"), out _);

        IDataView now = pipeline.Fit(data).Transform(data), then = loaded.Transform(data);
        Assert.AreEqual(now.Schema.ToString(), then.Schema.ToString());
        foreach (string column in (string[])["Image", "Colours", "Overlay"])
        {
            using var image = now.GetColumn<MLImage>(column).Single();
            using var again = then.GetColumn<MLImage>(column).Single();
            Assert.IsTrue(image.Pixels.SequenceEqual(again.Pixels), column);
        }

        foreach (string column in (string[])["Again", "PredictedLabel"])
        {
            Assert.IsTrue(expected.Ids.SequenceEqual(then.GetColumn<SegmentationMask>(column).Single().Ids), column);
            Assert.AreEqual("channels", MaskAnnotations.TryGet(then.Schema[column])!.Name); // the map travels with the column
        }
    }

    [TestMethod]
    public void Fit_MaskColumnOfAnotherType_SaysSoAsMlNetDoes()
    {
        Draw("0", 32, 48);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.SemanticFlow().Colorize("Colours", "LabelPath").Fit(Data()));

        StringAssert.StartsWith(error.Message, "Schema mismatch for mask column 'LabelPath': expected Mask, got String", StringComparison.Ordinal);
    }

    private SegmentationMask Draw(string name, int height, int width)
    {
        var mask = BrightestChannelModel.SaveImage(_folder.Prepare("images", name + ".png"), height, width, seed: height);
        mask.Save(_folder.Prepare("labels", name + ".png"));
        return mask;
    }

    private IDataView Data() => _ml.SemanticSegmentation.Data.Folder(_folder["images"], _folder["labels"]);
}
