// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Model files of strangers: whatever a graph returns is checked before it is read, and what does not end can be ended.</summary>
[TestClass]
public sealed class BentModelTests
{
    private static readonly InferenceOptions[] _passes =
    [
        new(),
        new() { Flip = true },
        new() { Scales = [1, 1.5] },
        new() { SlidingWindow = new SlidingWindow { Height = 32, Width = 32 } },
    ];

    [TestMethod]
    [DataRow(1, 1, 0, 1, "[1, 3, 0, 50]")]
    [DataRow(1, 1, 1, 0, "[1, 3, 40, 0]")]
    [DataRow(1, 0, 1, 1, "[1, 0, 40, 50]")]
    [DataRow(0, 1, 1, 1, "[0, 3, 40, 50]")]
    [DataRow(2, 1, 1, 1, "[2, 3, 40, 50]")]
    [DataRow(1, 2, 1, 1, "[1, 6, 40, 50]")]
    [DataRow(1, 1, 2, 1, "[1, 3, 80, 50]")]
    [DataRow(1, 1, 1, 3, "[1, 3, 40, 150]")]
    public void Predict_GraphGivesAnotherShapeThanItDeclares_IsRefused(int batch, int classes, int height, int width, string shape)
    {
        using var image = new PixelImage(40, 50);
        foreach (var form in Enum.GetValues<OnnxForm>())
        {
            using var model = SegmentationModel.Load(BentModels.Repeating(BrightestChannelModel.Describe(form: form), batch, classes, height, width));

            var refused = Assert.ThrowsExactly<InvalidDataException>(() => model.Predict(image));

            Assert.AreEqual(
                $"Model 'bytes' gives scores of the shape {shape} for an image of 40 x 50 pixels (height x width); [1, 3, h, w] are due, with h and w from 1 to the image's. " +
                "Export it again.", refused.Message);
        }
    }

    [TestMethod]
    public void PredictDetailed_GraphGivesNoRows_IsRefusedInEveryPass()
    {
        using var model = SegmentationModel.Load(BentModels.Repeating(1, 1, 0, 1));
        using var image = MLImage.CreateFromPixels(50, 40, MLPixelFormat.Bgra32, new byte[40 * 50 * 4]);

        foreach (var passes in _passes)
            StringAssert.Contains(
                Assert.ThrowsExactly<InvalidDataException>(() => model.PredictDetailed(image, PredictionDetails.Confidence | PredictionDetails.Probabilities, passes)).Message,
                "gives scores of the shape");
    }

    [TestMethod]
    public void Transform_GraphGivesNoColumns_IsRefusedAtTheRow()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder["image.png"], 40, 50, seed: 1);
        File.WriteAllBytes(folder["bent.onnx"], BentModels.Repeating(1, 1, 1, 0));
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = folder["image.png"] }]);
        var scored = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.SemanticFlow(folder["bent.onnx"], scoreColumnName: "Score", confidenceColumnName: "Confidence"))
            .Fit(data).Transform(data);

        foreach (string column in (string[])["Score", "Confidence"])
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => scored.GetColumn<VBuffer<float>>(column).ToArray()).Message, "gives scores of the shape");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Predict_GraphNeverEnds_EndsWithTheTimeLimit()
    {
        using var model = SegmentationModel.Load(BentModels.Endless(), new ExecutionOptions { TimeLimit = TimeSpan.FromSeconds(0.25) });
        using var image = new PixelImage(40, 50);

        var ended = Assert.ThrowsExactly<TimeoutException>(() => model.Predict(image));

        Assert.AreEqual(
            "Model 'bytes' did not end within 0.25 s for an image of 40 x 50 pixels (height x width). Raise ExecutionOptions.TimeLimit, or score smaller images.", ended.Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Predict_GraphNeverEnds_EndsWithTheCallersToken()
    {
        using var model = SegmentationModel.Load(BentModels.Endless());
        using var image = new PixelImage(40, 50);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(0.25));

        Assert.ThrowsExactly<OperationCanceledException>(() => model.Predict(image, source: null, inference: null, cancellation.Token));
    }

    [TestMethod]
    public void TimeLimit_OfNoTime_IsRefused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ExecutionOptions { TimeLimit = TimeSpan.Zero });

    [TestMethod]
    public void Load_ModelOfAHugeSize_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] file = BrightestChannelModel.ToBytes(side: 20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var refused = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(file));

        StringAssert.Contains(refused.Message, "says it is 20000 x 20000 pixels");
        Assert.IsLessThan(100_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Predict_GraphFails_IsRefusedInASentence()
    {
        using var sound = SegmentationModel.Load(BentModels.Repeating(1, 1, 1, 1));
        using var bent = SegmentationModel.Load(BentModels.Repeating(1, 1, -1, 1));
        using var image = new PixelImage(40, 50);

        var failed = Assert.ThrowsExactly<InvalidDataException>(() => bent.Predict(image));

        StringAssert.StartsWith(failed.Message, "Model 'bytes' fails on an image of 40 x 50 pixels (height x width): ");
        Assert.AreEqual(40, sound.Predict(image).Height);
    }

    [TestMethod]
    public void Load_ZeroInThePropertysName_IsOfNoConcern()
    {
        using var model = SegmentationModel.Load(BentModels.WithProperties([new("a\0b", "c"), new("\0", ""), new("", "")]));

        Assert.AreEqual("brightest-channel", model.Network);
    }

    [TestMethod]
    [Timeout(20_000)]
    public void Load_TwoHundredThousandProperties_TakesSeconds()
    {
        using var model = SegmentationModel.Load(BentModels.WithProperties(Enumerable.Range(0, 200_000).Select(i => KeyValuePair.Create($"key {i}", "value"))));

        Assert.AreEqual("brightest-channel", model.Network);
    }

    [TestMethod]
    [DataRow(new byte[] { 0xFF, 0xFE, 0x41 }, "is no UTF-8 text")]
    public void Load_PropertyThatIsNoText_IsRefused(byte[] name, string sentence)
    {
        byte[] file = BrightestChannelModel.ToBytes();
        name.CopyTo(file.AsSpan(file.AsSpan().IndexOf("brightest-channel"u8)));

        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(file)).Message, sentence);
    }

    [TestMethod]
    [Timeout(20_000)]
    public void Load_WeightsInAnotherFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["secret"], [0, 0, 0x80, 0x3F]);
        string near = Path.GetRelativePath(Environment.CurrentDirectory, folder["secret"]);

        foreach (string location in (string[])[folder["secret"], near, "none", "/dev/zero"])
            Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(BentModels.WithWeightsIn(location)).Dispose(), location);
    }

    [TestMethod]
    public void Load_CutOffOrZeros_IsNoModel()
    {
        byte[] file = BrightestChannelModel.ToBytes();

        foreach (byte[] bytes in (byte[][])[file[..^1], file[..(file.Length / 2)], new byte[1000], [0x08]])
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(bytes)).Message, "is not an ONNX model that can be read");
    }
}
