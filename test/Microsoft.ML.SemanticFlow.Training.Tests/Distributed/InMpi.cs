// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>What <see cref="MpiTests"/> runs in processes that <c>mpirun</c> starts; run otherwise, it is skipped.</summary>
[TestClass]
[DoNotParallelize]
[TestCategory("Nightly")]
public sealed class InMpi
{
    /// <summary>The variables that say where a run is kept, and how long it is.</summary>
    public const string RunFolder = "SEMANTICFLOW_TEST_RUN", Epochs = "SEMANTICFLOW_TEST_EPOCHS";

    /// <summary>After which epoch a process dies.</summary>
    public const int EpochOfDeath = 2;

    [TestInitialize]
    public void RequireMpi()
    {
        if (!DataParallel.IsLaunched)
            Assert.Inconclusive("skipped: not started by mpirun.");
        TorchNative.EnsureLoaded();
        set_num_threads(1);
    }

    [TestMethod]
    public void Steps()
    {
        var processes = DataParallel.ProcessesOf(new DataParallel());
        CollectiveContract.Check(processes);
        Assert.AreEqual("said", DataParallel.Share(() => DataParallel.Rank == 0 ? "said" : "another"));

        // In float64, after five steps with the norms of all.
        foreach (string loss in (string[])["weighted cross entropy", "OHEM by count", "cross entropy and Dice"])
            CollectionAssert.That.AreClose(DataParallelTests.Train(SingleProcess.Instance, loss), DataParallelTests.Train(processes, loss), 1e-12);
    }

    [TestMethod]
    public void Fit()
    {
        byte[] model = FitModel(images: 8, progress: null);

        // Each process has the first one's model.
        byte[] hash = SHA256.HashData(model), first = [.. hash];
        DataParallel.ProcessesOf(new DataParallel()).Broadcast(first);
        CollectionAssert.AreEqual(first, hash);
    }

    [TestMethod]
    public void FitAndDie() => FitModel(images: 8, new TinyRun.Told(report =>
    {
        if (DataParallel.Rank == 1 && report is { Phase: TrainingPhase.Epoch, Epoch: EpochOfDeath })
            Process.GetCurrentProcess().Kill();
    }));

    [TestMethod]
    public void FitOnOtherData() => FitModel(images: 8 - DataParallel.Rank, progress: null);

    /// <summary>The options of a run that several processes may go on with.</summary>
    public static SemanticFlowTrainerOptions OptionsOf(string folder, int epochs) => TinyRun.Options with
    {
        Epochs = epochs,
        Execution = new DataParallel { Precision = TrainingPrecision.Float32, Threads = 1, LoaderThreads = 1 },
        Run = new TrainingRun(folder) { Resume = true, AllowOtherData = true }, // each process draws the scenes in a folder of its own
    };

    private static byte[] FitModel(int images, IProgress<TrainingProgress>? progress)
    {
        using var scenes = new TinyScenes(images);
        var context = new MLContext(1);
        string folder = Environment.GetEnvironmentVariable(RunFolder)!; // MpiTests sets both
        int epochs = int.Parse(Environment.GetEnvironmentVariable(Epochs)!, CultureInfo.InvariantCulture);
        var options = OptionsOf(folder, epochs) with { ValidationSet = scenes.Paths(context), Progress = progress };
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
        using var stream = new MemoryStream();
        model.Model.Save(stream); // what Fit gave to this process, not the file of the run
        return stream.ToArray();
    }
}
