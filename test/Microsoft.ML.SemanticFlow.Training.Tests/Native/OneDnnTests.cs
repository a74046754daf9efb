// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Networks;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

[TestClass]
public sealed class OneDnnTests
{
    public required TestContext TestContext { get; init; }

    [TestInitialize]
    public void NeedsTheKnownLibrary()
    {
        if (!OperatingSystem.IsLinux() || !System.Runtime.Intrinsics.X86.X86Base.IsSupported)
            Assert.Inconclusive("skipped: oneDNN's cache sizes are corrected on Linux x64 alone");
    }

    [TestMethod]
    public unsafe void TryCorrectCaches_WhereCachesWereFound_TouchesNothing()
    {
        nint torch = TorchNative.EnsureLoaded().Cpu;
        var processor = OneDnn.FindProcessor(EmptyCaches.LibraryFile, torch);
        Assert.IsTrue(processor is not null, "libtorch's oneDNN is not the known one: look at the layout again, or leave it off where caches are hidden");
        uint levels = processor->CacheLevels;
        uint[] sizes = [.. processor->Sizes[..]];

        bool corrected = OneDnn.TryCorrectCaches(EmptyCaches.LibraryFile, torch);

        Assert.IsFalse(corrected);
        Assert.AreEqual(levels, processor->CacheLevels);
        CollectionAssert.AreEqual(sizes, processor->Sizes[..].ToArray());
    }

    // Training in float32 alone: float64 is not oneDNN's work.
    [TestMethod]
    public void CorrectedCaches_InAProcessOfItsOwn_ConvolutionsAndNetworksAreRight()
    {
        string[] classes =
        [
            nameof(ConvolutionTests) + ".Convolution",
            nameof(ConvolutionTests) + ".Backward",
            nameof(GoldenForwardTests),
            nameof(GoldenTrainingTests.Predict_InTraining_GivesTheOriginalsOutputsAndStatistics),
            nameof(GoldenTrainingTests.Steps_OfSgdInFloat_GiveTheOriginalsLosses),
            nameof(MemoryLayoutTests),
        ];

        var (exitCode, output) = Run(EmptyCaches.Corrected, classes);

        Assert.AreEqual(0, exitCode, output);
        Assert.Contains($"passed {nameof(ConvolutionTests.Convolutions_OfAnyShape_GiveWhatFloat64Gives)}", output);
    }

    // What it would be without the correction. Nightly, because other processors than AVX-512's may get away with it.
    [TestMethod]
    [TestCategory("Nightly")]
    public void EmptyCaches_InAProcessOfItsOwn_ConvolutionsAreWrong()
    {
        var (exitCode, output) = Run(EmptyCaches.Believed, [nameof(ConvolutionTests.Convolutions_OfAnyShape_GiveWhatFloat64Gives)]);

        Assert.AreNotEqual(0, exitCode, output);
    }

    private (int ExitCode, string Output) Run(string caches, IEnumerable<string> names) => OwnProcess.Run(
        typeof(OneDnnTests).Assembly, names, [new(EmptyCaches.Variable, caches)], TestContext.CancellationToken);
}
