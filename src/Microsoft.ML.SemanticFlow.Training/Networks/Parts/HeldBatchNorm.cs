// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>TorchSharp's batch norm, but for the count of batches: it makes the number that it adds as <see cref="TensorArithmetic"/> tells.</summary>
/// <remarks>Ioffe and Szegedy, ICML 2015 (arXiv 1502.03167). Affine, with running statistics, PyTorch's defaults.</remarks>
/// <param name="channels">Channels, each normalised for itself.</param>
/// <param name="name">What the layer is called.</param>
internal abstract class HeldBatchNorm(long channels, string name)
    : BatchNorm(channels, eps: 1e-5, momentum: 0.1, affine: true, track_running_stats: true, device: null, dtype: null, name)
{
    /// <summary>What makes the statistics those of all processes; null where each batch is for itself.</summary>
    public NormSynchronization? Synchronization { get; set; }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        if (training)
            num_batches_tracked!.IncrementInPlace();      // there, for statistics are tracked
        if (training && Synchronization is { } synchronization)
            return synchronization.Normalize(input, weight!, bias!, running_mean!, running_var!, momentum!.Value, eps);      // set above
        return functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum!.Value, eps);      // set above
    }
}

/// <summary>Batch norm of maps, [N, C, H, W].</summary>
internal sealed class HeldBatchNorm2d(long channels) : HeldBatchNorm(channels, nameof(BatchNorm2d))
{
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim != 4)
            throw new ArgumentException($"A batch norm of maps takes [N, C, H, W], not {input.ndim} dimensions.", nameof(input));
    }
}

/// <summary>Batch norm of vectors, [N, C], or rows, [N, C, L].</summary>
internal sealed class HeldBatchNorm1d(long channels) : HeldBatchNorm(channels, nameof(BatchNorm1d))
{
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim is not (2 or 3))
            throw new ArgumentException($"A batch norm of rows takes [N, C] or [N, C, L], not {input.ndim} dimensions.", nameof(input));
    }
}
