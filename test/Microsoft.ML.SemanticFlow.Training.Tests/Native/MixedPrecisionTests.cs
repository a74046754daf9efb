// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

[TestClass]
[DoNotParallelize]
public sealed class MixedPrecisionTests
{
    [TestMethod]
    public void Autocast_Nested_RestoresEachStateInTurn()
    {
        using var scope = NewDisposeScope();
        using var a = ones(2, 2);
        ScalarType Product() => a.mm(a).dtype;

        using (MixedPrecision.Autocast())
        {
            Assert.AreEqual(ScalarType.BFloat16, Product());
            using (MixedPrecision.Autocast(precision: ScalarType.Float16)) Assert.AreEqual(ScalarType.Float16, Product());
            Assert.AreEqual(ScalarType.BFloat16, Product());
        }

        Assert.AreEqual(ScalarType.Float32, Product());
    }

    [TestMethod]
    public void Autocast_AnExceptionInside_RestoresTheState()
    {
        using var scope = NewDisposeScope();
        using var a = ones(2, 2);

        Assert.ThrowsExactly<InvalidOperationException>(() =>
        {
            using var autocast = MixedPrecision.Autocast();
            throw new InvalidOperationException();
        });

        Assert.AreEqual(ScalarType.Float32, a.mm(a).dtype);
    }

    [TestMethod]
    public void Autocast_OnOneThread_LeavesOthersAlone()
    {
        using var scope = NewDisposeScope();
        using var a = ones(2, 2);
        var other = ScalarType.Bool;

        using (MixedPrecision.Autocast())
        {
            var thread = new Thread(() => other = a.mm(a).dtype);
            thread.Start();
            thread.Join();
        }

        Assert.AreEqual(ScalarType.Float32, other);
    }

    [TestMethod]
    public void HasBFloat16Hardware_OnLinux_AgreesWithTheKernel()
    {
        const string Processor = "/proc/cpuinfo";
        if (!File.Exists(Processor)) Assert.Inconclusive("skipped: no /proc/cpuinfo to compare with");

        string flags = File.ReadLines(Processor).FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "";

        Assert.AreEqual(flags.Split(' ').Any(f => f is "avx512_bf16" or "amx_bf16") && TorchNative.EnsureLoaded().OneDnn != OneDnnUse.Off, MixedPrecision.HasBFloat16Hardware);
    }
}
