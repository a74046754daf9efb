// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Batches;

[TestClass]
public sealed class WorkShardTests
{
    [TestMethod]
    public void Takes_AllShardsOfACount_AreTheWholeOnceAndDifferByOneAtMost() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 200]).Sample((count, inputs) =>
        {
            int[] sizes = [.. Enumerable.Range(0, count).Select(index => Enumerable.Range(0, inputs).Count(position => new WorkShard(index, count).Takes(position)))];
            Assert.AreEqual(inputs, sizes.Sum());
            Assert.IsLessThanOrEqualTo(1, sizes.Max() - sizes.Min());
        });

    [TestMethod]
    public void Shard_OfAView_GivesEveryRowToOneShard()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a.png", "b.png", "c.png", "d.png", "e.png"])
            folder.Touch("images", name);
        var ml = new MLContext(seed: 1);
        var all = ml.SemanticSegmentation.Data.Folder(folder["images"]);

        string[][] shards = [.. Enumerable.Range(0, 2).Select(i => Names(ml.SemanticSegmentation.Shard(all, new WorkShard(i, 2))))];

        CollectionAssert.AreEqual(new[] { "a.png", "c.png", "e.png" }, shards[0]);
        CollectionAssert.AreEqual(new[] { "b.png", "d.png" }, shards[1]);
        Assert.AreEqual(3L, ml.SemanticSegmentation.Shard(all, new WorkShard(0, 2)).GetRowCount());
        Assert.AreSame(all, ml.SemanticSegmentation.Shard(all, WorkShard.Whole));

    }

    // Of three shards: rows 0, 3, 6, then 1, 4, then 2, 5 of the view that is sharded.
    [TestMethod]
    public void Shard_OfViewsOfEveryKind_DividesTheirRows()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in Enumerable.Range(0, 7).Select(i => $"{i}.png"))
        {
            BrightestChannelModel.SaveImage(folder.Prepare("images", name), 32, 32, seed: 1);
            folder.Touch("labels", name);
        }

        var ml = new MLContext(seed: 1);
        var files = ml.SemanticSegmentation.Data.Folder(folder["images"]);
        var labelled = ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"], BrightestChannelModel.Labels);
        (string Kind, IDataView View)[] views =
        [
            ("files", files),
            ("sources", ml.SemanticSegmentation.Data.Combine(("one", labelled), ("two", labelled))),
            ("a split", ml.SemanticSegmentation.TrainTestSplit(files, testFraction: 0.3).TrainSet),
            ("held out", ml.SemanticSegmentation.HoldOut(files, 0.3).TrainSet),
            ("images", ml.Transforms.SemanticFlow().LoadImages("Image", "ImagePath").Fit(files).Transform(files)),
            ("some rows", ml.Data.SkipRows(files, 2)),
            ("shuffled", ml.Data.ShuffleRows(files, seed: 1, shufflePoolSize: 3)),
            ("a shard", ml.SemanticSegmentation.Shard(files, new WorkShard(0, 2))),
        ];

        foreach (var (kind, view) in views)
        {
            string[] all = Names(view);
            string[][] shards = [.. Enumerable.Range(0, 3).Select(i => Names(ml.SemanticSegmentation.Shard(view, new WorkShard(i, 3))))];
            Assert.IsNotEmpty(all, kind);
            CollectionAssert.AreEquivalent(all, shards.SelectMany(names => names).ToArray(), kind);
            for (int i = 0; i < 3; i++)
                CollectionAssert.AreEquivalent(all.Where((_, row) => row % 3 == i).ToArray(), shards[i], kind);
        }
    }

    private static string[] Names(IDataView view) => [.. view.GetColumn<string>("ImagePath").Select(path => Path.GetFileName(path))];

    [TestMethod]
    [DataRow("1/1", 0, 1)]
    [DataRow("1/4", 0, 4)]
    [DataRow("4/4", 3, 4)]
    public void Parse_CountedFromOne_IsThatShard(string text, int index, int count)
    {
        var shard = WorkShard.Parse(text);

        Assert.AreEqual(new WorkShard(index, count), shard);
        Assert.AreEqual(text, shard.ToString());
    }

    [TestMethod]
    [DataRow("0/4")]
    [DataRow("5/4")]
    [DataRow("1")]
    [DataRow("1/0")]
    [DataRow("-1/4")]
    [DataRow("a/b")]
    [DataRow("1/2/3")]
    public void Parse_NoShard_SaysHowToWriteOne(string text)
    {
        var error = Assert.ThrowsExactly<FormatException>(() => WorkShard.Parse(text));

        Assert.AreEqual($"'{text}' is no shard. Write I/N, from 1/N to N/N.", error.Message);
    }

    [TestMethod]
    [DataRow("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4", "4/4")]
    [DataRow("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=4", "1/4")]
    [DataRow("SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=4 SLURM_ARRAY_TASK_COUNT=3", "3/3")]
    [DataRow("JOB_COMPLETION_INDEX=0 JOB_COMPLETIONS=5", "1/5")]
    [DataRow("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "2/2")]
    [DataRow("PMI_RANK=1 PMI_SIZE=3", "2/3")]
    [DataRow("JOB_COMPLETION_INDEX=0", null)]
    [DataRow("", null)]
    public void FromEnvironment_Scheduler_IsWhatItSays(string variables, string? expected) =>
        Assert.AreEqual(expected, WorkShard.FromEnvironment(Reader(variables))?.Shard.ToString());

    [TestMethod]
    [DataRow("SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_COUNT=4")]
    [DataRow("SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_STEP=4 SLURM_ARRAY_TASK_COUNT=3")]
    [DataRow("JOB_COMPLETION_INDEX=x JOB_COMPLETIONS=5")]
    [DataRow("PMI_RANK=-1 PMI_SIZE=3")]
    public void FromEnvironment_Contradiction_NamesTheVariable(string variables)
    {
        var error = Assert.ThrowsExactly<FormatException>(() => WorkShard.FromEnvironment(Reader(variables)));

        StringAssert.Contains(error.Message, variables[..variables.IndexOf('=', StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [TestMethod]
    public void Default_IsTheWhole()
    {
        Assert.IsTrue(default(WorkShard).IsWhole);
        Assert.AreEqual(1, default(WorkShard).Count);
        Assert.AreEqual(new WorkShard(0, 1), WorkShard.Whole);
    }

    private static Func<string, string?> Reader(string variables)
    {
        var known = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => known.GetValueOrDefault(name);
    }
}
