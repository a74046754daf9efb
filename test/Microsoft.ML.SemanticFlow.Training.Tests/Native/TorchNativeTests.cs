// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

[TestClass]
public sealed class TorchNativeTests
{
    [TestMethod]
    public void EnsureLoaded_FromManyThreads_LoadsOnce()
    {
        var loaded = new LoadedTorch[8];

        Parallel.For(0, loaded.Length, i => loaded[i] = TorchNative.EnsureLoaded());

        Assert.IsTrue(loaded.All(l => ReferenceEquals(l, loaded[0])));
    }

    [TestMethod]
    public void Describe_OnThisMachine_SaysWhatWasLoaded()
    {
        var status = TorchRuntime.Describe();

        Assert.IsTrue(status.IsAvailable, status.Problem);
        Assert.Contains(l => l.Contains("torch_cpu", StringComparison.Ordinal), status.Libraries);
        Assert.Contains("TorchSharp 0.107.0", status.ToString());
        Assert.AreEqual(6f, (torch.ones(2, 3)).sum().item<float>());      // and it computes
    }

    // As the kernel of a notebook lays them out; there is another libtorch on the path too.
    [TestMethod]
    [DataRow("torchsharp", 1)]
    [DataRow("my-application", 0)]
    public void FoldersOfPackages_KernelsPath_AreThoseBesideTorchSharpsPackage(string package, int expected)
    {
        string packages = Path.Combine(Path.GetTempPath(), "packages"), native = Path.Combine(packages, "libtorch-cpu", "2.10.0", "runtimes", "any", "native");
        string path = string.Join(Path.PathSeparator, Path.Combine(Path.GetTempPath(), "python", "torch", "lib"), native, "");

        string[] folders = [.. TorchNative.FoldersOfPackages(Path.Combine(packages, package, "0.107.0", "lib", "net8.0"), path)];

        CollectionAssert.AreEqual(expected == 1 ? [native] : Array.Empty<string>(), folders);
    }
}
