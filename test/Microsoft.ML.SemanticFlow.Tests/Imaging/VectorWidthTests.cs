// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

/// <summary>Enlarging with argmax or softmax, resampling, adding up tiles and reading pixels are right on processors with narrower vectors than this one's.</summary>
[TestClass]
public sealed class VectorWidthTests
{
    private static readonly string[] _classes =
    [
        nameof(FusedArgMaxTests),
        nameof(FusedSoftmaxTests),
        nameof(LinearMapTests),
        nameof(ResamplingTests),
        nameof(PixelImageTests),
        nameof(PngIndexReaderTests),
        nameof(Scoring.InferenceTests),
    ];

    public static IEnumerable<object[]> Narrowed => VectorWidth.Narrowed;

    public TestContext TestContext { get; set; } = null!; // set by the runner

    [TestMethod]
    public void Vectors_OfThisProcess_AreAsForced() => VectorWidth.AssertAsForced();

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    [DynamicData(nameof(Narrowed))]
    public void Kernels_NarrowVectors_PassTheirTests(string variable, string expected) => VectorWidth.AssertPasses(
        typeof(VectorWidthTests).Assembly, nameof(Vectors_OfThisProcess_AreAsForced), _classes, variable, expected, TestContext.CancellationToken);
}
