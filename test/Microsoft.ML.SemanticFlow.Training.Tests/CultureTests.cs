// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests;

/// <summary>What a run writes of itself, and reads again, is the same on machines of every language.</summary>
[TestClass]
public sealed class CultureTests
{
    private static readonly string[] _names =
    [
        nameof(Trainer.RecipeFingerprintTests), nameof(Trainer.Records.EpochTableTests), nameof(Trainer.Records.DataFingerprintTests), nameof(Trainer.Records.RunRecorderTests),
        nameof(Checkpoints.SafeTensorsTests),
    ];

    public TestContext TestContext { get; set; } = null!; // set by the runner

    [TestMethod]
    public void Culture_OfThisProcess_IsAsForced() => OtherCulture.AssertAsForced();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public void Files_OtherLocale_PassTheirTests() => OtherCulture.AssertPasses(
        typeof(CultureTests).Assembly, nameof(Culture_OfThisProcess_IsAsForced), _names, TestContext.CancellationToken);
}
