// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Parts;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Tests.Networks;

[TestClass]
public sealed class AlignedConvolutionTests
{
    [TestMethod]
    [DataRow(128, 4, 3, false)]     // flows
    [DataRow(4, 1, 3, false)]       // a gate
    [DataRow(2, 1, 3, false)]
    [DataRow(64, 11, 1, true)]      // class scores
    [DataRow(20, 24, 3, true)]
    [DataRow(32, 16, 3, true)]
    public void CallAligned_MemoryFullOfNaN_GivesWhatFloat64Gives(int channels, int outputs, int kernel, bool bias)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        using var convolution = Conv2d(channels, outputs, kernel_size: kernel, padding: kernel / 2, bias: bias);
        using var exact = Conv2d(channels, outputs, kernel_size: kernel, padding: kernel / 2, bias: bias, dtype: ScalarType.Float64);
        using (no_grad())
        {
            exact.weight.copy_(convolution.weight);
            if (bias)
                exact.bias!.copy_(convolution.bias!);
        }

        var x = randn(2, channels, 24, 40).requires_grad_();
        var exactX = x.detach().to(ScalarType.Float64).requires_grad_();
        var gradient = randn(2, outputs, 24, 40);

        FillFreeMemory();
        var y = convolution.CallAligned(x);
        FillFreeMemory();
        y.backward([gradient]);
        var exactY = exact.call(exactX);
        exactY.backward([gradient.to(ScalarType.Float64)]);

        Assert.IsLessThan(1e-5, Difference(y, exactY), "output");
        Assert.IsLessThan(1e-5, Difference(x.grad!, exactX.grad!), "gradient of the input");
        Assert.IsLessThan(1e-5, Difference(convolution.weight.grad!, exact.weight.grad!), "gradient of the weights");
        if (bias)
            Assert.IsLessThan(1e-5, Difference(convolution.bias!.grad!, exact.bias!.grad!), "gradient of the bias");
    }

    // Where libtorch gets memory next, it finds what would spoil any result.
    private static void FillFreeMemory()
    {
        using var scope = NewDisposeScope();
        for (long length = 1 << 8; length <= 1 << 22; length *= 2)
        {
            for (int i = 0; i < 4; i++)
                empty(length).fill_(float.NaN);
        }
    }

    private static double Difference(Tensor actual, Tensor expected) =>
        ((actual.to(ScalarType.Float64) - expected).abs().max() / expected.abs().max()).ToDouble() is var difference && double.IsNaN(difference) ? double.PositiveInfinity : difference;
}
