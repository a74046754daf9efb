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
}
