// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class ExecutionOptionsTests
{
    // No machine has so many.
    private const int Missing = 999;

    private static readonly string _path = TestFiles.Find("tiny-scoring.onnx");

    [TestMethod]
    public void Load_GpuThatIsMissing_SaysWhatToDo()
    {
        var e = Assert.ThrowsExactly<PlatformNotSupportedException>(() => SegmentationModel.Load(_path, new ExecutionOptions { GpuDeviceId = Missing }));

        StringAssert.EndsWith(e.Message, ", or set FallbackToCpu.", StringComparison.Ordinal);
        StringAssert.Contains(e.Message, "999", StringComparison.Ordinal);
        Assert.IsFalse(e.Message.Contains('\n', StringComparison.Ordinal));
    }

    [TestMethod]
    public void Load_GpuThatIsMissingWithFallback_ScoresOnTheProcessor()
    {
        using var model = SegmentationModel.Load(_path, new ExecutionOptions { GpuDeviceId = Missing, FallbackToCpu = true });
        using var processor = SegmentationModel.Load(_path);
        var image = new PixelImage(32, 40);

        Assert.IsTrue(processor.Predict(image).Ids.SequenceEqual(model.Predict(image).Ids));
    }

    [TestMethod]
    public void SemanticFlow_GpuOfTheMLContextThatIsMissing_FallsBackAsTheContextSays()
    {
        var strict = new MLContext { GpuDeviceId = Missing, FallbackToCpu = false };
        var lenient = new MLContext { GpuDeviceId = Missing, FallbackToCpu = true };

        Assert.ThrowsExactly<PlatformNotSupportedException>(() => strict.Transforms.SemanticFlow(_path));
        Assert.ThrowsExactly<PlatformNotSupportedException>(() => strict.SemanticSegmentation.LoadModel(_path));
        using var model = lenient.SemanticSegmentation.LoadModel(_path);
        Assert.IsNotNull(lenient.Transforms.SemanticFlow(_path));
    }

    [TestMethod]
    public void Load_ConfigureSession_IsGivenTheOptionsOfTheSession()
    {
        SessionOptions? given = null;
        int threads = 0;

        using var model = SegmentationModel.Load(
            _path, new ExecutionOptions { IntraOpThreads = 3, ConfigureSession = options => (given, threads) = (options, options.IntraOpNumThreads) });

        Assert.IsNotNull(given);
        Assert.AreEqual(3, threads);
    }

    [TestMethod]
    public void GpuDeviceId_Negative_IsRefused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ExecutionOptions { GpuDeviceId = -1 });

    [TestMethod]
    public void Load_BytesOfTheFile_IsTheSameModel()
    {
        using var fromFile = SegmentationModel.Load(_path);
        using var fromBytes = SegmentationModel.Load(File.ReadAllBytes(_path));

        Assert.AreEqual(fromFile.Network, fromBytes.Network);
        Assert.AreEqual(fromFile.Labels.ClassCount, fromBytes.Labels.ClassCount);
    }
}
