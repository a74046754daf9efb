// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Scores a validation set with the network as it stands, each image at its own size.</summary>
/// <param name="source">The validation set.</param>
/// <param name="labels">The classes.</param>
/// <param name="plan">Where and how the network runs.</param>
/// <param name="byId">Whether ids count whatever the masks' own label maps say; else masks of other classes are refused.</param>
internal sealed class Validation(SampleSource source, LabelMap labels, TrainingPlan plan, bool byId)
{
    public int Count => source.Count;

    /// <summary>Leaves the network in evaluation mode.</summary>
    /// <param name="network">The network.</param>
    /// <param name="imageDone">Told after each image how many are done.</param>
    /// <param name="recorder">Given every image with its prediction.</param>
    /// <param name="cancellation">Ends the pass with <see cref="OperationCanceledException"/>.</param>
    public SemanticSegmentationMetrics Run(SegmentationNetwork network, Action<int> imageDone, RunRecorder recorder, CancellationToken cancellation)
    {
        var evaluation = new SegmentationEvaluation(labels, keepImages: false);
        network.eval();
        using var _ = inference_mode();
        int done = 0;
        foreach (var sample in source.InOrder(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            string place = sample.Place ?? $"Row {done}";
            if (Math.Min(sample.Image.Height, sample.Image.Width) < ModelDescription.NetworksSmallestSide)
                throw new InvalidDataException($"{place} of the validation set is {sample.Image.Height} x {sample.Image.Width} pixels (height x width); the networks need {ModelDescription.NetworksSmallestSide} on each side. Leave it out.");
            using var scope = NewDisposeScope();
            var predicted = Predict(network, sample);
            evaluation.Add(byId ? sample.Mask.WithLabels(null) : sample.Mask, SegmentationMask.Adopt(sample.Image.Height, sample.Image.Width, predicted.bytes.ToArray(), labels), $"{place} of the validation set");
            recorder.Image(done, Count, sample, predicted.bytes);
            imageDone(++done);
        }

        return evaluation.Metrics;
    }

    // uint8 [1, H, W]
    private Tensor Predict(SegmentationNetwork network, LabelledImage sample)
    {
        var image = ImageTensor.Of(sample.Image, plan.UseChannelsLast).to(plan.Device);
        using var autocast = plan.Autocast();
        return network.call(image).argmax(1).to(uint8).cpu();
    }
}
