// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Scores the validation set with the session's network as it stands, each image at the scale at which the model will score it.</summary>
internal sealed class Validation
{
    private readonly TrainingSession _session;
    private readonly SampleSource _source;

    private Validation(TrainingSession session, SampleSource source) => (_session, _source) = (session, source);

    public int Count => _source.Count;

    /// <summary>Opens the session's validation set; null where it has none.</summary>
    /// <exception cref="InvalidDataException">The set is empty, or a row does not hold.</exception>
    public static Validation? Open(TrainingSession session, CancellationToken cancellation) =>
        session.Data.OpenValidation(session.CachedBytes, session.Plan.LoaderThreads, cancellation) is { } source ? new Validation(session, source) : null;

    /// <summary>Leaves the network in evaluation mode.</summary>
    /// <param name="imageDone">Told after each image how many are done.</param>
    /// <param name="cancellation">Ends the pass with <see cref="OperationCanceledException"/>.</param>
    public ValidationResult Run(Action<int> imageDone, CancellationToken cancellation)
    {
        var labels = _session.Data.Labels;
        bool byId = _session.Options.Labels is not null; // ids count, whatever the masks' own label maps say
        var bySource = new Dictionary<string, SegmentationEvaluation>(StringComparer.Ordinal);
        _session.Network.eval();
        using var _ = inference_mode();
        var part = new WorkShard(_session.Processes.Rank, _session.Processes.Size);
        int row = part.Index, done = 0;
        bool isCancelled = false;
        foreach (var sample in Samples(part, () => isCancelled = true, cancellation))
        {
            string place = sample.Place ?? $"Row {row}";
            var (height, width) = Scaled(sample.Image);
            if (Math.Min(height, width) < ModelDescription.NetworksSmallestSide)
            {
                throw new InvalidDataException(
                    $"{place} of the validation set is {sample.Image.Height} x {sample.Image.Width} pixels (height x width)" +
                    $"{(_session.Options.InferenceScale == 1 ? "" : $", and {height} x {width} when scored")}; " +
                    $"the networks need {ModelDescription.NetworksSmallestSide} on each side. Leave it out.");
            }

            using var scope = NewDisposeScope();
            var predicted = Predict(sample);
            string source = sample.Source ?? "";
            if (!bySource.TryGetValue(source, out var evaluation))
                bySource.Add(source, evaluation = new SegmentationEvaluation(labels, keepImages: false));
            evaluation.Add(
                byId ? sample.Mask.WithLabels(null) : sample.Mask,
                SegmentationMask.Adopt(sample.Image.Height, sample.Image.Width, predicted.bytes.ToArray(), labels),
                $"{place} of the validation set");
            _session.Recorder.Image(row, Count, sample, predicted.bytes);
            row += part.Count;
            done = Math.Min(Count, done + part.Count);
            imageDone(done);
        }

        return _session.Processes.Any(isCancelled) ? throw new OperationCanceledException(cancellation) : ValidationResult.Of(InAll(bySource));
    }

    // A process that is cancelled takes the others with it, once they have done their part.
    private IEnumerable<LabelledImage> Samples(WorkShard part, Action cancelled, CancellationToken cancellation)
    {
        using var samples = _source.InOrder(cancellation, part).GetEnumerator();
        while (true)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                if (!samples.MoveNext())
                    yield break;
            }
            catch (OperationCanceledException)
            {
                cancelled();
                yield break;
            }

            yield return samples.Current;
        }
    }

    // The counts of all processes, by source.
    private SortedDictionary<string, SegmentationEvaluation> InAll(Dictionary<string, SegmentationEvaluation> own)
    {
        var labels = _session.Data.Labels;
        var all = new SortedDictionary<string, SegmentationEvaluation>(own, StringComparer.Ordinal);
        if (_session.Processes.IsAlone)
            return all;
        foreach (string source in _source.Sources()?.Distinct(StringComparer.Ordinal) ?? [""])
        {
            var counts = new SegmentationEvaluation(labels, keepImages: false);
            if (own.TryGetValue(source, out var counted))
                counts.Add(counted);
            counts.SumOver(numbers => _session.Processes.Sum(numbers));
            all[source] = counts;
        }

        return all;
    }

    private (int Height, int Width) Scaled(PixelImage image) =>
        ((int)(image.Height * _session.Options.InferenceScale), (int)(image.Width * _session.Options.InferenceScale));

    // uint8 [1, H, W]
    private Tensor Predict(LabelledImage sample)
    {
        var (height, width) = Scaled(sample.Image);
        bool isAsItIs = (height, width) == (sample.Image.Height, sample.Image.Width);
        using var resized = isAsItIs ? null : Resampling.ResizeRented(sample.Image, height, width, ResamplingFilter.Bilinear);
        var image = ImageTensor.Of(resized ?? sample.Image, _session.Plan.UseChannelsLast).to(_session.Plan.Device);
        using var autocast = _session.Plan.Autocast();
        var scores = _session.Network.call(image);
        if (!isAsItIs)
            scores = Warp.Resize(scores, [sample.Image.Height, sample.Image.Width]);
        return scores.argmax(1).to(uint8).cpu();
    }
}
