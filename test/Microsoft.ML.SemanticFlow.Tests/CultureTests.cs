// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests;

/// <summary>Label tables, data sets, evaluations and what a model says of itself are the same on machines of every language.</summary>
[TestClass]
public sealed class CultureTests
{
    private static readonly string[] _names =
    [
        nameof(Labels.LabelMapTests), nameof(Onnx.ModelDescriptionTests), nameof(Scoring.ModelMetadataTests), nameof(Data.SegmentationDatasetsTests), nameof(Data.SplitTests),
        nameof(Evaluation.SegmentationEvaluationFilesTests), nameof(Evaluation.SemanticSegmentationMetricsTests), nameof(Data.LabelFilesTests), nameof(Data.MaskCodecTests),
        nameof(Scoring.InferenceTests.Predict_ScaleLeavesTooLittle_NamesTheFileAndBothSizes),
    ];

    public TestContext TestContext { get; set; } = null!; // set by the runner

    [TestMethod]
    public void Culture_OfThisProcess_IsAsForced() => OtherCulture.AssertAsForced();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public void Files_OtherLocale_PassTheirTests() => OtherCulture.AssertPasses(
        typeof(CultureTests).Assembly, nameof(Culture_OfThisProcess_IsAsForced), _names, TestContext.CancellationToken);
}
