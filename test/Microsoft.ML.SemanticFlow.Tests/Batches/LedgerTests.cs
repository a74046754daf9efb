// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Batches;

[TestClass]
public sealed class LedgerTests
{
    [TestMethod]
    public void Open_SecondStart_KnowsWhatTheFirstDid()
    {
        using var folder = new TemporaryFolder();
        using (var first = Ledger.Open(folder["a.ledger"], "work"))
        {
            first.Add("one");
            first.Add("zwei äöü");
        }

        using (var second = Ledger.Open(folder["a.ledger"], "work"))
        {
            CollectionAssert.AreEqual(new[] { "one", "zwei äöü" }, second.Lines.ToArray());
            second.Add("three");
        }

        var (work, lines) = Ledger.Read(folder["a.ledger"]);
        Assert.AreEqual("work", work);
        CollectionAssert.AreEqual(new[] { "one", "zwei äöü", "three" }, lines.ToArray());
    }

    // A kill can end a write anywhere.
    [TestMethod]
    public void Open_CutOffAnywhere_KeepsTheWholeLinesAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        using (var whole = Ledger.Open(folder["whole"], "work"))
        {
            for (int i = 0; i < 5; i++)
                whole.Add($"line {i}");
        }

        byte[] bytes = File.ReadAllBytes(folder["whole"]);
        int[] ends = [.. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').Select(i => i + 1)];
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["cut"], bytes[..length]);
            int kept = Math.Max(0, ends.Count(end => end <= length) - 1); // the first line is the work's
            using (var cut = Ledger.Open(folder["cut"], "work"))
            {
                Assert.HasCount(kept, cut.Lines.ToArray(), $"{length} bytes");
                cut.Add("after");
            }

            CollectionAssert.AreEqual(
                (string[])[.. Enumerable.Range(0, kept).Select(i => $"line {i}"), "after"], Ledger.Read(folder["cut"]).Lines.ToArray(), $"{length} bytes");
        }
    }

    [TestMethod]
    public void Open_BytesChanged_KeepsNothingThatWasNotWritten()
    {
        using var folder = new TemporaryFolder();
        string[] written = [.. Enumerable.Range(0, 5).Select(i => $"line {i}")];
        using (var whole = Ledger.Open(folder["whole"], "work"))
        {
            foreach (string line in written)
                whole.Add(line);
        }

        byte[] bytes = File.ReadAllBytes(folder["whole"]);
        int first = Array.IndexOf(bytes, (byte)'\n') + 1;
        Gen.Select(Gen.Int[first, bytes.Length - 1], Gen.Byte).Sample(change =>
        {
            byte[] changed = [.. bytes];
            changed[change.Item1] = change.Item2;
            File.WriteAllBytes(folder["changed"], changed);
            using var ledger = Ledger.Open(folder["changed"], "work");
            CollectionAssert.AreEqual(written[..ledger.Lines.Count()], ledger.Lines.ToArray());
        }, iter: 200, threads: 1);
    }

    [TestMethod]
    public void Open_OtherWork_IsRefusedAndLeftAsItIs()
    {
        using var folder = new TemporaryFolder();
        using (var ledger = Ledger.Open(folder["a"], "images of one folder"))
            ledger.Add("done");
        byte[] before = File.ReadAllBytes(folder["a"]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ledger.Open(folder["a"], "images of another"));

        StringAssert.Contains(error.Message, "it says 'images of one folder', and this would be 'images of another'", StringComparison.Ordinal);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder["a"]));
    }

    [TestMethod]
    public void Open_WhileAnotherWorks_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var first = Ledger.Open(folder["a"], "work");

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Ledger.Open(folder["a"], "work"));

        StringAssert.StartsWith(error.Message, "Another process does the work of", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Add_FromManyThreads_KeepsEveryLineWhole()
    {
        using var folder = new TemporaryFolder();
        using (var ledger = Ledger.Open(folder["a"], "work"))
            Parallel.For(0, 1000, i => ledger.Add($"{i}"));

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 1000).Select(i => $"{i}").ToArray(), Ledger.Read(folder["a"]).Lines.ToArray());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("no ledger\n")]
    [DataRow("00000000 wrong checksum\n")]
    public void Read_FileThatIsNone_SaysSo(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], text);

        Assert.ThrowsExactly<InvalidDataException>(() => Ledger.Read(folder["a"]));
    }
}
