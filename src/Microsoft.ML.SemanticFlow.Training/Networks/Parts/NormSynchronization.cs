// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Batch norm over the batches of all processes: statistics and gradients are those of one process with all images.</summary>
/// <remarks>
/// With x' = (x - mean) / sqrt(variance + eps) over the n values of a channel in all processes, the gradient of x is
/// weight / sqrt(variance + eps) · (g - sum(g) / n - x' · sum(g x') / n). libtorch's own kernels give the first term and the sums of this
/// process, as if mean and variance were constants; the other terms are added here, once the sums are those of all.
/// </remarks>
/// <param name="processes">The processes, two at least. Each has as many images.</param>
/// <param name="reached">Told while gradients come, after those of every layer behind a norm are there.</param>
internal sealed class NormSynchronization(Collective processes, Action? reached = null)
{
    /// <summary>Makes every batch norm of a network synchronised.</summary>
    public void Join(nn.Module network)
    {
        foreach (var norm in network.modules().OfType<HeldBatchNorm>())
            norm.Synchronization = this;
    }

    /// <summary>Normalises a batch, and takes its statistics into the running ones.</summary>
    /// <param name="input">[N, C, …].</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="runningMean">[C]; moved towards the mean.</param>
    /// <param name="runningVariance">[C]; moved towards the variance, the one that divides by n - 1.</param>
    /// <param name="momentum">How far.</param>
    /// <param name="eps">Added to the variance.</param>
    public Tensor Normalize(Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance, double momentum, double eps)
    {
        using var scope = NewDisposeScope();
        var (mean, variance, count) = Statistics(input, weight.dtype);
        using (no_grad())
        {
            runningMean.TimesInPlace(1 - momentum).PlusInPlace(mean, momentum);
            runningVariance.TimesInPlace(1 - momentum).PlusInPlace(variance, momentum * count / (count - 1));
        }

        var batch = new Batch(this, input.detach().DetachFromDisposeScope(), weight.detach().DetachFromDisposeScope(),
            mean.DetachFromDisposeScope(), variance.DetachFromDisposeScope(), count, eps);
        var taps = Tap.apply(input, weight, bias, batch);
        return functional.batch_norm(taps[0], mean, variance, taps[1], taps[2], training: false, momentum, eps).MoveToOuterDisposeScope();
    }

    // Over all processes, of each channel: mean, variance and how many values.
    private (Tensor Mean, Tensor Variance, double Count) Statistics(Tensor input, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long channels = input.size(1), own = input.numel() / channels;
        Tensor mean = zeros(channels, type, input.device), variance = zeros(channels, type, input.device);
        if (own > 1)
        {
            // libtorch's kernel puts the batch's statistics in place of the running ones; what it normalises is not needed.
            functional.batch_norm(input, mean, variance, null!, null!, training: true, momentum: 1, eps: 1e-5);
            variance.TimesInPlace((own - 1) / (double)own);
        }
        else
        {
            mean.copy_(input.flatten());
        }

        var (first, second) = (mean.to(ScalarType.Float64), variance.to(ScalarType.Float64));
        var sums = cat([first, second.Plus(first * first)], 0).TimesInPlace(own);
        processes.Sum(sums);
        double count = own * (double)processes.Size;
        sums.DividedInPlace(count);
        var all = sums.narrow(0, 0, channels);
        return (
            all.to(type).MoveToOuterDisposeScope(),
            sums.narrow(0, channels, channels).sub(all * all).AtLeast(0).to(type).MoveToOuterDisposeScope(),
            count);
    }

    private Tensor Gradient(Batch batch, Tensor input, Tensor weight, Tensor bias)
    {
        var sums = cat([weight, bias], 0).to(ScalarType.Float64);
        processes.Sum(sums);
        var ofAll = sums.DividedInPlace(-batch.Count).to(batch.Weight.dtype);
        var scale = batch.Weight / batch.Variance.Plus(batch.Eps).sqrt();
        long channels = scale.numel();
        var others = functional.batch_norm(
            batch.Input, batch.Mean, batch.Variance, scale * ofAll.narrow(0, 0, channels), scale * ofAll.narrow(0, channels, channels), training: false, momentum: 0, batch.Eps);
        return input.Plus(others);
    }

    /// <summary>What the gradient of a batch needs of it, until it has come.</summary>
    private sealed record Batch(NormSynchronization Synchronization, Tensor Input, Tensor Weight, Tensor Mean, Tensor Variance, double Count, double Eps) : IDisposable
    {
        public void Dispose()
        {
            foreach (var tensor in (Tensor[])[Input, Weight, Mean, Variance])
                tensor.Dispose();
        }
    }

    /// <summary>Lets input, weight and bias through; of their gradients it completes that of the input.</summary>
    private sealed class Tap : autograd.MultiTensorFunction<Tap>
    {
        private const string OfBatch = "batch";

        public override string Name => nameof(NormSynchronization);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(OfBatch, vars[3]);
            return [.. vars.Take(3).Select(tensor => ((Tensor)tensor).alias())];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            using var batch = (Batch)ctx.get_data(OfBatch);
            using var noGradient = no_grad();
            var (input, weight, bias) = (grad_outputs[0], grad_outputs[1], grad_outputs[2]);
            var whole = batch.Synchronization.Gradient(batch, input, weight, bias).MoveToOuterDisposeScope();
            batch.Synchronization.Reached();
            return [whole, weight, bias, null!];
        }
    }

    private void Reached() => reached?.Invoke();
}
