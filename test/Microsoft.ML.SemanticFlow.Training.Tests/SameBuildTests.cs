// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests;

[TestClass]
public sealed class SameBuildTests
{
    [TestMethod]
    public void Fault_LibrariesOfTheseTests_IsNone() => Assert.IsNull(SameBuild.Fault(typeof(LabelMap).Assembly, typeof(SameBuild).Assembly));

    [TestMethod]
    [DataRow("0.1.0+1a", "0.1.0+2b")]
    [DataRow("0.1.0", "0.2.0")]
    [DataRow(null, "0.2.0")]
    public void Fault_OtherBuild_NamesBothAndWhatToDo(string? scoring, string training) => Assert.AreEqual(
        $"Scoring is of build {scoring ?? "unknown"} and Training of build {training}, which do not work together: reference the same version of both packages.",
        SameBuild.Fault("Scoring", scoring, "Training", training));
}
