// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>Real processes: tests of <see cref="InMpi"/>, run by <c>mpirun</c>.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MpiTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Mpi_TwoProcesses_KeepTheContractAndTakeTheStepsOfOne() => AssertPasses("openmpi", 2, nameof(InMpi.Steps));

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow("openmpi", 4)]
    [DataRow("mpich", 2)]
    [DataRow("mpich", 4)]
    public void Mpi_OtherProcessesAndLibraries_KeepTheContractAndTakeTheStepsOfOne(string mpi, int processes) => AssertPasses(mpi, processes, nameof(InMpi.Steps));

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow("openmpi")]
    [DataRow("mpich")]
    public void Fit_ResumedWithAnotherNumberOfProcesses_GoesOn(string mpi)
    {
        AssertPasses(mpi, 2, nameof(InMpi.Fit), epochs: 1);
        AssertPasses(mpi, 3, nameof(InMpi.Fit), epochs: 2);
        using var scenes = new TinyScenes(8);
        var context = new MLContext(1);

        TinyRun.Fit(scenes, InMpi.OptionsOf(_folder.Root, epochs: 3) with { ValidationSet = scenes.Paths(context) });

        string[] log = File.ReadAllLines(_folder["log.csv"]);
        CollectionAssert.AreEqual(new[] { "epoch", "1", "2", "3" }, log.Select(line => line.Split(',')[0]).ToArray());
    }

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow("openmpi")]
    [DataRow("mpich")]
    public void Fit_OneProcessKilled_EndsAllAndResumes(string mpi)
    {
        var (code, output, time) = Start(mpi, 2, nameof(InMpi.FitAndDie), epochs: 50);

        Assert.AreNotEqual(0, code, output);
        Assert.IsLessThan(TimeSpan.FromMinutes(2), time);
        AssertPasses(mpi, 2, nameof(InMpi.Fit), epochs: InMpi.EpochOfDeath + 1);
        Assert.HasCount(InMpi.EpochOfDeath + 2, File.ReadAllLines(_folder["log.csv"])); // and the heading
    }

    [TestMethod]
    [TestCategory("Nightly")]
    [DataRow("openmpi")]
    [DataRow("mpich")]
    public void Fit_OneProcessFails_EndsAllAndSaysWhy(string mpi)
    {
        var (code, output, time) = Start(mpi, 2, nameof(InMpi.FitOnOtherData), epochs: 5);

        Assert.AreNotEqual(0, code, output);
        Assert.IsLessThan(TimeSpan.FromMinutes(2), time);
        StringAssert.Contains(output, "Process 1 of 2 sees 7 training images", output);
    }

    // The launcher of one MPI and the library of the other: each process believes that it is alone.
    [TestMethod]
    [TestCategory("Nightly")]
    public void Join_LibraryOfAnotherMpi_SaysWhichToUse()
    {
        var (code, output, _) = MpiRun.Start("mpich", 2, nameof(InMpi.Steps), (MpiLibrary.Variable, "libmpi.so.40"));

        Assert.AreNotEqual(0, code, output);
        StringAssert.Contains(output, "it is not the MPI that the launcher belongs to", output);
    }

    private void AssertPasses(string mpi, int processes, string test, int epochs = 0)
    {
        var (code, output, _) = Start(mpi, processes, test, epochs);
        Assert.AreEqual(0, code, output);
        Assert.AreEqual(processes, output.Split("succeeded: 1").Length - 1, output); // each process has run it
    }

    private (int Code, string Output, TimeSpan Time) Start(string mpi, int processes, string test, int epochs) =>
        MpiRun.Start(mpi, processes, test, (InMpi.RunFolder, _folder.Root), (InMpi.Epochs, $"{epochs}"));
}
