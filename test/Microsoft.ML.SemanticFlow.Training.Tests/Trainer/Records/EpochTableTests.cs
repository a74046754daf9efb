// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Trainer.Records;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer.Records;

[TestClass]
public sealed class EpochTableTests
{
    private static readonly string[] _columns = ["epoch", "loss", "added"];

    [TestMethod]
    public void Set_EpochTwice_ReplacesItsRow()
    {
        using var folder = new TemporaryFolder();
        string path = folder["log.csv"];
        var table = new EpochTable(path, _columns);

        table.Set(1, $"{0.5:f2},");
        table.Set(2, $"{0.25:f2},1");
        table.Set(1, $"{0.5:f2},7");

        Assert.AreEqual("epoch,loss,added\n1,0.50,7\n2,0.25,1\n", File.ReadAllText(path));
        Assert.IsTrue(table.Has(2));
        Assert.IsFalse(table.Has(3));
    }

    [TestMethod]
    public void Set_OneColumn_LeavesTheOthers()
    {
        using var folder = new TemporaryFolder();
        string path = folder["log.csv"];
        var table = new EpochTable(path, _columns);
        table.Set(1, $"{0.5:f2},7");

        table.Set(1, 2, $"{0.125:f3}");

        Assert.AreEqual("epoch,loss,added\n1,0.50,0.125\n", File.ReadAllText(path));
    }

    [TestMethod]
    public void Continue_ColumnNamesThatNeedQuotes_AreNoRows()
    {
        using var folder = new TemporaryFolder();
        string path = folder["validation.csv"];
        string[] columns = ["epoch", "sky, \"clear\"", "a\n1,b"];
        new EpochTable(path, columns).Set(1, $"{0.5:f2},7");
        var table = new EpochTable(path, columns);

        table.Continue(1);
        table.Set(2, $"{0.25:f2},8");

        Assert.AreEqual("epoch,\"sky, \"\"clear\"\"\",\"a\n1,b\"\n1,0.50,7\n2,0.25,8\n", File.ReadAllText(path));
    }

    [TestMethod]
    public void Continue_LaterRowsAndFewerColumns_CutsTheOnesAndFillsTheOthers()
    {
        using var folder = new TemporaryFolder();
        string path = folder["log.csv"];
        File.WriteAllText(path, "epoch,loss\n1,0.5\n2,0.25\n3,0.125\n");
        var table = new EpochTable(path, _columns);

        table.Continue(2);
        double last = table.LastValue(1);
        table.Set(3, $"0.1,9");

        Assert.AreEqual(0.25, last);
        Assert.AreEqual("epoch,loss,added\n1,0.5,\n2,0.25,\n3,0.1,9\n", File.ReadAllText(path));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Continue_PipesInARunFolder_AreNotOpened()
    {
        using var folder = new TemporaryFolder();
        NamedPipe.Make(folder["log.csv"]);
        NamedPipe.Make(folder["events"]);

        var reading = Task.Factory.StartNew(
            () =>
            {
                new EpochTable(folder["log.csv"], ["epoch"]).Continue(1);
                EventFile.Cut(folder["events"], _ => true);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.IsTrue(Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(20))).GetAwaiter().GetResult() == reading, "A pipe is waited for.");
        reading.GetAwaiter().GetResult();
    }
}
