// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class SkippedRowsTests
{
    private readonly List<SkippedFile> _skipped = [];

    private ReadingOptions Skip => new() { SkipFaulty = true, Skipped = new Heard(_skipped) };

    [TestMethod]
    [DataRow(int.MaxValue)]     // in memory
    [DataRow(0)]                // read anew in every epoch
    public void Crops_ImageDeletedAndAnotherCutOff_ComeFromTheOthers(int cacheBytes)
    {
        using var scenes = new TinyScenes(6, size: 40);
        var reader = Reader(scenes);
        Cut(Path.Combine(scenes.Images, "001.png"));
        File.Delete(Path.Combine(scenes.Images, "004.png"));

        var source = SampleSource.Open(reader, cacheBytes, threads: 2, "training set", CancellationToken.None);
        var stream = new CropStream(new CropSampler(source.Count), source);
        var crops = stream.Crops(new Random(1), CancellationToken.None).Take(12).ToArray();

        Assert.AreEqual(4, crops.Select(crop => Convert.ToHexString(crop.Sample.Image.Bgra)).Distinct().Count());
        CollectionAssert.AreEquivalent(new[] { "001.png", "004.png" }, _skipped.Select(file => Path.GetFileName(file.Path)).ToArray()); // each once
    }

    [TestMethod]
    public void Masks_LabelDeleted_OthersKeepTheirNumbers()
    {
        using var scenes = new TinyScenes(3, size: 40);
        var source = SampleSource.Open(Reader(scenes), cacheBytes: 0, threads: 1, "training set", CancellationToken.None);
        File.Delete(Path.Combine(scenes.Masks, "001.png"));

        var masks = source.Masks(CancellationToken.None).ToArray();

        CollectionAssert.AreEqual(new[] { 40, 1, 40 }, masks.Select(mask => mask.Height).ToArray());
        Assert.AreEqual(LabelMap.IgnoreId, masks[1].Ids[0]);
    }

    [TestMethod]
    public void Open_MoreThanTheShareFails_SaysHowMany()
    {
        using var scenes = new TinyScenes(4, size: 40);
        var reader = Reader(scenes);
        foreach (int i in (int[])[0, 1, 3])
            File.Delete(Path.Combine(scenes.Images, $"00{i}.png"));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => SampleSource.Open(reader, int.MaxValue, threads: 1, "training set", CancellationToken.None));

        Assert.Contains("3 of 4 images of the training set cannot be used", error.Message);
    }

    [TestMethod]
    public void Fit_ValidationImageCutOffLater_EndsAndSaysSo()
    {
        using var scenes = new TinyScenes(4);
        using var others = new TinyScenes(3);
        var context = new MLContext(1);
        bool isCut = false;
        var options = TinyRun.Options with
        {
            ValidationSet = others.Paths(context),
            Reading = Skip,
            Execution = TinyRun.Options.Execution with { CacheMegabytes = 0 },
            Progress = new TinyRun.Told(report =>
            {
                if (report.Phase == TrainingPhase.Epoch && !isCut)
                {
                    Cut(Path.Combine(others.Images, "001.png"));
                    isCut = true;
                }
            }),
        };

        TinyRun.Fit(scenes, options);

        Assert.AreEqual(Path.Combine(others.Images, "001.png"), _skipped.Single().Path);
    }

    [TestMethod]
    public void Fit_ColumnLoadedOtherwiseThanTheOptionsSay_IsRefused()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        var paths = scenes.Paths(context);
        var rows = context.Transforms.SemanticFlow().LoadImagesAndMasks(TinyScenes.Labels, gray16: Gray16.Stretch).Fit(paths).Transform(paths);

        var error = Assert.ThrowsExactly<ArgumentException>(() => context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options).Fit(rows));

        Assert.Contains("Gray16.Stretch", error.Message);
    }

    [TestMethod]
    public void Fit_Stretched_TheModelAndItsExportSaySo()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        var paths = scenes.Paths(context);
        var rows = context.Transforms.SemanticFlow().LoadImagesAndMasks(TinyScenes.Labels, gray16: Gray16.Stretch).Fit(paths).Transform(paths);
        var options = TinyRun.Options with { Gray16 = Gray16.Stretch, Epochs = 1, Run = new TrainingRun(scenes.Run) };

        using var trained = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(rows);

        Assert.AreEqual(Gray16.Stretch, trained.Model.Gray16);
        Assert.Contains("\"Gray16\": \"Stretch\"", File.ReadAllText(Path.Combine(scenes.Run, "run.json")));
        using var model = SegmentationModel.Load(Path.Combine(scenes.Run, "model.onnx"));
        Assert.AreEqual(Gray16.Stretch, model.Gray16);
    }

    [TestMethod]
    public void Read_TurnedPhotographByTheStockReader_NamesExif()
    {
        using var scenes = new TinyScenes(1, size: 40);
        scenes.Draw(0, 40, 60);
        string image = Path.Combine(scenes.Images, "000.png");
        var upright = ImageCodec.Decode(image);
        var turned = new PixelImage(60, 40);
        new ImageOrientation(8).Apply(
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>((ReadOnlySpan<byte>)upright.Bgra), 40, 60,
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(turned.Bgra));
        ImageCodec.SavePng(turned, image);
        File.WriteAllBytes(image, TurnedFiles.Turn(File.ReadAllBytes(image), SKEncodedImageFormat.Png, 6));

        var stock = SampleReader.OfColumns(scenes.Rows(new MLContext(1)), "Image", "Label", TinyScenes.Labels);
        var ours = Reader(scenes).Read(random: null, isWanted: null, CancellationToken.None).Single().Read();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => stock.Read(random: null, isWanted: null, CancellationToken.None).Single().Read());
        Assert.Contains("EXIF", error.Message);
        Assert.IsTrue(upright.Bgra.SequenceEqual(ours!.Image.Bgra)); // none is skipped
    }

    private SampleReader Reader(TinyScenes scenes) =>
        SampleReader.OfPaths(scenes.Paths(new MLContext(1)), TinyScenes.Labels, faults: new SampleFaults(Skip, "the training set"));

    private static void Cut(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
    }

    private sealed class Heard(List<SkippedFile> files) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value)
        {
            lock (files)
                files.Add(value);
        }
    }
}
