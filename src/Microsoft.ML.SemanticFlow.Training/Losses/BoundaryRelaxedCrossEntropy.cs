// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy that near a class border asks only for the sum of the probabilities of the classes that meet there.</summary>
/// <remarks>
/// Zhu et al., CVPR 2019 (arXiv 1812.01593), "Boundary Label Relaxation". B is the set of classes within <see cref="Window"/> pixels:
/// -log(sum of p over B) times the mean of B's weights, which are <see cref="ImageWeights"/> of the relaxed labels. As in the original's
/// training code, each image's sum is divided by its counting pixels plus one, and the images are summed.
/// After <see cref="RelaxedEpochs"/> the window is half as wide, and a pixel weighs by the number of its classes, twice at a border.
/// </remarks>
internal sealed class BoundaryRelaxedCrossEntropy : PixelCriterion
{
    /// <summary>Pixels that labels reach beyond a border, in each direction.</summary>
    public int Window { get; init; } = 1;

    /// <summary>How much the weight of a class that hardly occurs exceeds 1.</summary>
    public double Bound { get; init; } = 1;

    /// <summary>Whether one set of weights is made from all images together.</summary>
    public bool OverBatch { get; init; }

    /// <summary>Classes whose own pixels are never relaxed.</summary>
    public IReadOnlyList<int> StrictClasses { get; init; } = [];

    /// <summary>The processes whose images are one batch.</summary>
    public Collective Processes { get; init; } = SingleProcess.Instance;

    /// <summary>Epochs until labels are hard again; null for never.</summary>
    public int? RelaxedEpochs { get; init; }

    /// <summary>Whether <see cref="RelaxedEpochs"/> are over.</summary>
    public bool IsHard { get; init; }

    /// <inheritdoc/>
    public override PixelCriterion At(int epoch) => RelaxedEpochs is not { } epochs || epoch < epochs ? this : new BoundaryRelaxedCrossEntropy
    {
        Window = Window / 2,
        Bound = Bound,
        OverBatch = OverBatch,
        StrictClasses = StrictClasses,
        Processes = Processes,
        IsHard = true,
    };

    /// <summary>How often each class, the last one being that of ignored pixels, is asked for: [N, K + 1, H, W].</summary>
    /// <remarks>0 or 1; where labels are hard again, 2 at the border of two classes.</remarks>
    internal Tensor Relax(Tensor labels, long classCount, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var ids = labels.Filled(labels.IsEqualTo(Ignored), classCount);                                  // [N,H,W]
        var own = functional.one_hot(ids, classCount + 1).permute(0, 3, 1, 2).to(type);                 // [N,K+1,H,W]

        // What lies outside the image counts as ignored.
        var around = cat([
            functional.pad(own.narrow(1, 0, classCount), [Window, Window, Window, Window]),
            functional.pad(own.narrow(1, classCount, 1), [Window, Window, Window, Window], value: 1),
        ], dim: 1);
        var relaxed = functional.max_pool2d(around, 2 * Window + 1, 1);
        foreach (int id in StrictClasses) relaxed = where(ids.IsEqualTo(id).unsqueeze(1), own, relaxed);
        return (IsHard ? relaxed * BorderOf(ids).unsqueeze(1).to(type).Plus(1) : relaxed).MoveToOuterDisposeScope();
    }

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        long classCount = logits.shape[1];
        var asked = Relax(labels, classCount, logits.dtype);
        var shared = OverBatch ? WeightsOf(asked, classCount, Processes) : null;
        var total = zeros([], logits.dtype, logits.device);
        for (long i = 0; i < labels.shape[0]; i++)
        {
            var own = asked.narrow(0, i, 1);
            total = total.Plus(OfImage(logits.narrow(0, i, 1), own.narrow(1, 0, classCount), shared ?? WeightsOf(own, classCount, SingleProcess.Instance)));
        }

        return total.MoveToOuterDisposeScope();
    }

    // logits and asked [1, K, H, W], weights [1, K, 1, 1]
    private Tensor OfImage(Tensor logits, Tensor asked, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var count = asked.sum(1);                                                                       // [1,H,W]
        var counts = count.IsPositive();
        var isAsked = asked.IsPositive();

        // Where nothing is asked for, everything is: the loss is 0, and so is its gradient.
        var left = isAsked.logical_not() & counts.unsqueeze(1);
        var loss = -functional.log_softmax(logits, dim: 1).Filled(left, double.NegativeInfinity).logsumexp(1);      // [1,H,W]

        // Upstream: the count is that of all images of the batch, broadcast against one; only with one image is it right.
        var share = (isAsked * weights).sum(1);
        share = IsHard ? share * count : (asked * weights).sum(1) / count.AtLeast(1);
        return ((loss * share).sum() / counts.sum().Plus(1)).MoveToOuterDisposeScope();
    }

    private Tensor WeightsOf(Tensor asked, long classCount, Collective over)
    {
        using var scope = NewDisposeScope();
        double[] amounts = asked.sum([0, 2, 3], type: ScalarType.Float64).data<double>().ToArray();
        over.Sum(amounts);
        float[] weights = ImageWeights.Of(amounts[..(int)classCount], amounts.Sum(), Bound);
        return tensor(weights, [1, classCount, 1, 1], asked.dtype, asked.device).MoveToOuterDisposeScope();
    }

    // Pixels with another class right, left, above or below: [N, H, W].
    private static Tensor BorderOf(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var border = zeros_like(ids, dtype: ScalarType.Bool);
        var (rows, columns) = (ids.shape[1] - 1, ids.shape[2] - 1);
        var across = ids.narrow(2, 0, columns).ne(ids.narrow(2, 1, columns));
        var down = ids.narrow(1, 0, rows).ne(ids.narrow(1, 1, rows));
        border.narrow(2, 0, columns).logical_or_(across);
        border.narrow(2, 1, columns).logical_or_(across);
        border.narrow(1, 0, rows).logical_or_(down);
        border.narrow(1, 1, rows).logical_or_(down);
        return border.MoveToOuterDisposeScope();
    }
}
