// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The tool reads and writes the same on machines of every language.</summary>
[TestClass]
public sealed class CultureTests
{
    private static readonly string[] _names =
    [
        nameof(UsageTests), nameof(TrainingSettingsTests), nameof(EvaluateTests), nameof(ReportTests), nameof(PredictTests), nameof(ExitCodeTests), nameof(BenchmarkTests),
        nameof(ProcessTests.Process_Evaluate_WritesTheTableWithoutEscapeSequences), nameof(NetworksTests.Networks_Json_CountsAsTheOriginalDoes),
        nameof(TrainTests.Train_ResumeByTheFolderAlone_GoesOnWithTheRecordedOptions),
    ];

    public TestContext TestContext { get; set; } = null!; // set by the runner

    [TestMethod]
    public void Culture_OfThisProcess_IsAsForced() => OtherCulture.AssertAsForced();

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public void Commands_OtherLocale_PassTheirTests() => OtherCulture.AssertPasses(
        typeof(CultureTests).Assembly, nameof(Culture_OfThisProcess_IsAsForced), _names, TestContext.CancellationToken);
}
