// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Trainer.Records;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

[TestClass]
public sealed class RecordedPathsTests
{
    private static readonly string _root = Path.GetFullPath("somewhere");

    [TestMethod]
    public void In_PathsOfAMessage_AreRelativeToTheRun()
    {
        string message = $"Mask '{Path.Combine(_root, "data", "3.png")}' holds class id 34; label map 'Cityscapes' knows 0 to 33.";

        string kept = RecordedPaths.In(message, new TrainingRun(Path.Combine(_root, "runs", "mine")));

        Assert.AreEqual($"Mask '{Path.Combine("..", "..", "data", "3.png")}' holds class id 34; label map 'Cityscapes' knows 0 to 33.", kept);
    }

    [TestMethod]
    public void In_PathsForgotten_AreNamesAlone()
    {
        var run = new TrainingRun("run") { RecordPaths = false };

        Assert.AreEqual("Image '3.png' and '4.png' differ.", RecordedPaths.In($"Image '{Path.Combine(_root, "data", "3.png")}' and 'data/4.png' differ.", run));
    }

    [TestMethod]
    public void In_NoRun_IsTheMessage() => Assert.AreEqual("'/a/b' is gone.", RecordedPaths.In("'/a/b' is gone.", run: null));
}
