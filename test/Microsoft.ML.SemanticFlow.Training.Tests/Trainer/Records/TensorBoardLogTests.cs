// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer.Records;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

[TestClass]
[DoNotParallelize]
public sealed class TensorBoardLogTests
{
    [TestMethod]
    public void Fit_TensorBoard_WritesCurvesAndSampleImages()
    {
        using var scenes = new TinyScenes(6);
        var context = new MLContext(1);
        var reports = new Epochs();

        TinyRun.Fit(
            scenes,
            TinyRun.Options with { Run = new TrainingRun(scenes.Run) { TensorBoard = true, TensorBoardInterval = 2 }, ValidationSet = scenes.Paths(context), Progress = reports });

        var values = EventFileReader.ReadFolder(Folder(scenes));
        CollectionAssert.AreEqual(new long[] { 2, 3, 4, 6 }, Steps(values, "training/loss")); // of 2 x 3 steps every second, and the end of each epoch
        CollectionAssert.AreEqual(new long[] { 2, 3, 4, 6 }, Steps(values, "training/learning_rate"));
        CollectionAssert.AreEqual(new long[] { 2, 3, 4, 6 }, Steps(values, "training/images_per_second"));
        CollectionAssert.AreEqual(new long[] { 3, 6 }, Steps(values, "validation/miou"));

        // Steps 1 and 2 are one point, step 3 another: together the mean of the epoch.
        float[] losses = [.. values.Where(value => value.Tag == "training/loss").Select(value => value.Number!.Value)]; // scalars
        Assert.AreEqual(reports.All[0].Loss, (2 * losses[0] + losses[1]) / 3, 1e-5); // float32
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.AreEqual(reports.All[epoch].MeanIoU!.Value, Number(values, "validation/miou", 3 * (epoch + 1)), 1e-6); // validated each epoch; float32
            Assert.AreEqual(reports.All[epoch].PerClassIoU![0], Number(values, "validation_iou/ground", 3 * (epoch + 1)), 1e-6);
        }

        Assert.HasCount(2 * 4, values.Where(value => value.Image is not null).ToArray());
        Assert.IsTrue(values.All(value => Math.Abs(value.WallTime - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 600), "wall time is in seconds since 1970");
    }

    [TestMethod]
    public void Fit_ResumedInTheMiddleOfAnEpoch_HasEveryStepOnce()
    {
        using var scenes = new TinyScenes(8);
        var context = new MLContext(1);
        var options = TinyRun.Options with
        {
            Epochs = 3,
            Run = new TrainingRun(scenes.Run) { TensorBoard = true, TensorBoardInterval = 1, Resume = true },
            ValidationSet = scenes.Paths(context),
        };

        Interrupted.FitUntil(scenes, options, report => report is { Phase: TrainingPhase.Step, Epoch: 2, Step: 3 });
        string killed = Directory.GetFiles(Folder(scenes)).Single();
        Assert.AreEqual(7, EventFileReader.ReadFile(killed).Max(value => value.Step)); // 4 steps of the first epoch, 3 of the second
        using (var file = new FileStream(killed, FileMode.Append))
            file.Write([40, 0, 0, 0, 0, 0, 0, 0, 1, 2]); // the start of an event that was cut off
        TinyRun.Fit(scenes, options);

        var values = EventFileReader.ReadFolder(Folder(scenes));
        CollectionAssert.AreEqual(Enumerable.Range(1, 12).Select(step => (long)step).ToArray(), Steps(values, "training/loss"));
        CollectionAssert.AreEqual(new long[] { 4, 8, 12 }, Steps(values, "validation/miou"));
        CollectionAssert.AreEqual(new long[] { 4, 8, 12 }, Steps(values, "validation/image_0"));
    }

    [TestMethod]
    public void Cut_NothingAfterTheStep_LeavesTheFileAlone()
    {
        using var folder = new TemporaryFolder();
        var log = new TensorBoardLog(folder.Root, TinyScenes.Labels, interval: 1);
        log.Step(1, 0.5, 1, 0.1, 10, flush: false);
        string path = Directory.GetFiles(folder.Root).Single();
        var (bytes, time) = (File.ReadAllBytes(path), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(path, time);

        log.Continue(1);

        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(path));
        Assert.AreEqual(time, File.GetLastWriteTimeUtc(path));
    }

    [TestMethod]
    public void Paint_ImageLargerThanTheLimit_IsPredictionBesideTruth()
    {
        var image = new PixelImage(320, 640);
        image.Bgra.Fill(100);
        var truth = new byte[320 * 640];
        byte[] predicted = [.. Enumerable.Repeat((byte)1, 320 * 640)];
        var sample = new LabelledImage(image, new SegmentationMask(320, 640, truth, TinyScenes.Labels));

        var picture = SampleOverlay.Paint(sample, predicted, ColorPalette.ForTrainIds(TinyScenes.Labels));

        // 640 to 320 columns halves the rows: 160; two halves and the gap beside each other.
        Assert.AreEqual((160, 644), (picture.Height, picture.Width));
        AssertColor(TinyScenes.Labels.Classes[1].Color, picture, 80, 160);
        AssertColor(TinyScenes.Labels.Classes[0].Color, picture, 80, 324 + 160);
        Assert.AreEqual(255, picture.Bgra[(80 * 644 + 321) * 4]);
    }

    // Six tenths of the class's colour over the grey of 100; half a step of rounding.
    private static void AssertColor(RgbColor color, PixelImage picture, int row, int column)
    {
        var pixel = picture.Bgra.Slice((row * picture.Width + column) * 4, 3);
        Assert.AreEqual(0.6 * color.B + 0.4 * 100, pixel[0], 1);
        Assert.AreEqual(0.6 * color.G + 0.4 * 100, pixel[1], 1);
        Assert.AreEqual(0.6 * color.R + 0.4 * 100, pixel[2], 1);
    }

    private static string Folder(TinyScenes scenes) => Path.Combine(scenes.Run, "tensorboard");

    private static long[] Steps(LoggedValue[] values, string tag) => [.. values.Where(value => value.Tag == tag).Select(value => value.Step)];

    private static double Number(LoggedValue[] values, string tag, long step) => values.Single(value => value.Tag == tag && value.Step == step).Number!.Value; // a scalar

    private sealed class Epochs : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            if (value.Phase == TrainingPhase.Epoch)
                All.Add(value);
        }
    }
}
