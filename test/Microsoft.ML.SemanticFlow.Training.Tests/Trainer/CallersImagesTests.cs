// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Quantization;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Images of a list in memory are the caller's: what reads them leaves them as they are.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CallersImagesTests : IDisposable
{
    private readonly MLContext _context = new(1);
    private readonly TinyScenes _scenes = new(4);
    private readonly Row[] _rows;

    public CallersImagesTests() => _rows = [.. Enumerable.Range(0, 4).Select(i => new Row
    {
        Image = MLImage.CreateFromFile(Path.Combine(_scenes.Images, $"{i:d3}.png")),
        Label = SegmentationMask.Load(Path.Combine(_scenes.Masks, $"{i:d3}.png"), TinyScenes.Labels),
    })];

    public void Dispose()
    {
        foreach (var row in _rows)
            row.Image!.Dispose(); // set above
        _scenes.Dispose();
    }

    [TestMethod]
    [DataRow(2048)]
    [DataRow(0, DisplayName = "read anew each epoch")]
    public void Fit_TwoEpochs_LeavesThem(int cacheMegabytes) => AssertAreLeft(data =>
    {
        var execution = TinyRun.Options.Execution with { CacheMegabytes = cacheMegabytes };
        var options = TinyRun.Options with { Labels = TinyScenes.Labels, ValidationSet = data, Execution = execution, Run = new TrainingRun(_scenes.Run) };
        using var model = _context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(data);
    });

    [TestMethod]
    public void CrossValidate_TwoFolds_LeavesThem() => AssertAreLeft(data =>
    {
        var trainer = _context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { Labels = TinyScenes.Labels, Epochs = 1, AllowEmptyClasses = true });
        using var folds = _context.SemanticSegmentation.CrossValidate(data, trainer, 2);
    });

    [TestMethod]
    public void Fingerprint_OfPixels_LeavesThem() => AssertAreLeft(data => DataFingerprint.Of(data, "Image", "Label"));

    [TestMethod]
    public void Calibration_EveryRow_LeavesThem() =>
        AssertAreLeft(data => Assert.HasCount(4, new CalibrationData(data, "Image", "Label", new QuantizationOptions()).Read().ToArray()));

    private void AssertAreLeft(Action<IDataView> read)
    {
        read(_context.Data.LoadFromEnumerable(_rows));

        foreach (var row in _rows)
            Assert.AreEqual(64 * 64 * 4, row.Image!.Pixels.Length); // throws once it is disposed
    }

    private sealed class Row
    {
        [ImageType(64, 64)]
        public MLImage? Image { get; set; }

        [SegmentationMaskType]
        public SegmentationMask? Label { get; set; }
    }
}
