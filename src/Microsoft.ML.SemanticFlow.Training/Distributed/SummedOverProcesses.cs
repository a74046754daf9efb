// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>The sum of a tensor over the processes, with its gradient: that of every process's use of the sum.</summary>
internal sealed class SummedOverProcesses : autograd.SingleTensorFunction<SummedOverProcesses>
{
    private const string Processes = "processes";

    public override string Name => nameof(SummedOverProcesses);

    /// <summary>Sums a tensor over the processes.</summary>
    public static Tensor Of(Tensor values, Collective processes) => apply(values, processes);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var processes = (Collective)vars[1];
        ctx.save_data(Processes, processes);
        return Sum((Tensor)vars[0], processes);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [Sum(grad_output, (Collective)ctx.get_data(Processes)), null!];

    private static Tensor Sum(Tensor values, Collective processes)
    {
        var sum = values.contiguous().clone();
        processes.Sum(sum);
        return sum;
    }
}
