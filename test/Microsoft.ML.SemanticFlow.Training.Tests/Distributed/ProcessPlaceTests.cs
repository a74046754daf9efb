// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

[TestClass]
public sealed class ProcessPlaceTests
{
    [TestMethod]
    [DataRow("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 1, 4, true)]
    [DataRow("PMI_RANK=0 PMI_SIZE=2", 0, 2, false)]
    [DataRow("PMIX_RANK=3 SLURM_NTASKS=8", 3, 8, null)]
    [DataRow("RANK=1 WORLD_SIZE=2", 1, 2, null)]
    [DataRow("RANK=1 WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=3", 0, 3, true)]
    public void FromEnvironment_OfALauncher_IsItsPlace(string variables, int rank, int size, bool? isOpenMpi) =>
        Assert.AreEqual(new ProcessPlace(rank, size, isOpenMpi), Read(variables));

    // Alone, of another kind of array, or not understood: trained alone.
    [TestMethod]
    [DataRow("")]
    [DataRow("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1")]
    [DataRow("SLURM_PROCID=1 SLURM_NTASKS=4")]
    [DataRow("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=4")]
    [DataRow("PMI_RANK=x PMI_SIZE=2")]
    [DataRow("PMI_RANK=2 PMI_SIZE=2")]
    [DataRow("PMI_RANK=-1 PMI_SIZE=2")]
    public void FromEnvironment_NoOthers_IsNull(string variables) => Assert.IsNull(Read(variables));

    [TestMethod]
    [DataRow(8, 8, 1, 8)]
    [DataRow(8, 8, 2, 4)]
    [DataRow(8, 8, 3, 2)]
    [DataRow(2, 2, 8, 1)]
    [DataRow(1, 8, 2, 1)] // bound by the launcher
    [DataRow(4, 8, 2, 4)]
    public void ProcessorShare_Of_DividesWhatIsNotDividedYet(int own, int machine, int processes, int expected) =>
        Assert.AreEqual(expected, ProcessorShare.Of(own, machine, processes));

    private static ProcessPlace? Read(string variables)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return ProcessPlace.FromEnvironment(set.GetValueOrDefault);
    }
}
