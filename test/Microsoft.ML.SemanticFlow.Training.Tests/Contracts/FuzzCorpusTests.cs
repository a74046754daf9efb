// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Fuzz;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Contracts;

/// <summary>What fuzzing began with and found, read once more.</summary>
[TestClass]
public sealed class FuzzCorpusTests
{
    public static IEnumerable<object[]> Files => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"), "*", SearchOption.AllDirectories)
        .Select(path => (object[])[Path.GetFileName(Path.GetDirectoryName(path))!, Path.GetFileName(path)]);     // not null: the folder is above

    [TestMethod]
    [DynamicData(nameof(Files))]
    [Timeout(10_000)]
    public void Read_FileOfTheCorpus_IsReadOrRefused(string target, string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Corpus", target, name));

        try
        {
            FuzzTargets.All[target](bytes);
        }
        catch (InvalidDataException refused)
        {
            StringAssert.EndsWith(refused.Message, ".");
        }
    }

    [TestMethod]
    public void Corpus_EveryTarget_HasFiles()
    {
        // Checkpoints begin with the files of the tests' own folder.
        foreach (string target in FuzzTargets.All.Keys.Except(["pth"]))
            Assert.IsTrue(Files.Any(file => (string)file[0] == target), target);
    }
}
