// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
public sealed class TimeLeftTests
{
    [TestMethod]
    public void Estimate_StepsAndValidation_AddsTheirOwnPaces()
    {
        // 10 steps in 20 s, 30 to go: 60 s. 5 images in 10 s, 15 to go: 30 s.
        var left = TimeLeft.Estimate(TimeSpan.FromSeconds(20), 10, 30, TimeSpan.FromSeconds(10), 5, 15);

        Assert.AreEqual(TimeSpan.FromSeconds(90), left);
    }

    [TestMethod]
    public void Estimate_NothingValidatedYet_IsThatOfTheSteps() =>
        Assert.AreEqual(TimeSpan.FromSeconds(60), TimeLeft.Estimate(TimeSpan.FromSeconds(20), 10, 30, TimeSpan.Zero, 0, 100));

    [TestMethod]
    public void Estimate_BeforeTheFirstStep_IsUnknown() =>
        Assert.IsNull(TimeLeft.Estimate(TimeSpan.FromSeconds(20), 0, 30, TimeSpan.FromSeconds(1), 1, 9));
}
