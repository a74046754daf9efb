// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What packages say of each other.</summary>
[TestClass]
public sealed class PackageTests
{
    [TestMethod]
    [DataRow("src/Microsoft.ML.SemanticFlow.Training")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Tool")]
    public void Package_ReferenceToOurs_TakesExactlyItsVersion(string project)
    {
        var references = ProjectItems.Of(project, "_ProjectReferencesWithVersions", "-t:_GetProjectReferenceVersions", "-p:Version=1.2.3");

        Assert.IsNotEmpty(references);
        foreach (var reference in references)
            Assert.AreEqual("[1.2.3]", reference["ProjectVersion"]);
    }
}
