// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

/// <summary>Fused cross entropy, and changing an image's colours and blurring it are right on processors with narrower vectors than this one's.</summary>
[TestClass]
public sealed class VectorWidthTests
{
    private static readonly string[] _classes = [nameof(FusedCrossEntropyTests), nameof(LossFormulaTests), nameof(Sampling.ColorChangeTests), nameof(Sampling.GaussianBlurTests)];

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
