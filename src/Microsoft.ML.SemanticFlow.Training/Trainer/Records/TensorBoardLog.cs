// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>The curves and sample images of a run as event files, which TensorBoard shows.</summary>
internal sealed class TensorBoardLog(string folder, LabelMap labels, int interval)
{
    private const int SampleCount = 4;

    private readonly ColorPalette _palette = ColorPalette.ForTrainIds(labels);
    private readonly SortedDictionary<int, PixelImage> _samples = [];
    private SummaryWriter? _writer;
    private double _lossSum;
    private int _losses;

    // Made at the first value, so that a run which fails before leaves no empty file.
    private SummaryWriter Writer => _writer ??= utils.tensorboard.SummaryWriter(folder);

    /// <summary>Takes events after a step, and its validation, out of the files of earlier starts: they are done again.</summary>
    public void Continue(long step)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFiles(folder, "*tfevents*"))
            EventFile.Cut(file, logged => logged.Step < step || logged.Step == step && !IsValidation(logged));
    }

    /// <summary>Writes the mean loss since the last time, the learning rate and the speed, every so many steps and at the end of an epoch.</summary>
    public void Step(long step, double lossSum, int batches, double learningRate, double imagesPerSecond, bool flush)
    {
        (_lossSum, _losses) = (_lossSum + lossSum, _losses + batches);
        if (step % interval != 0 && !flush)
            return;
        if (_losses > 0)
            Add("training/loss", _lossSum / _losses, step);
        (_lossSum, _losses) = (0, 0);
        Add("training/learning_rate", learningRate, step);
        Add("training/images_per_second", imagesPerSecond, step);
    }

    /// <summary>Paints a few images, spread evenly over the validation set and the same each time.</summary>
    public void Image(int index, int count, LabelledImage sample, ReadOnlySpan<byte> predicted)
    {
        int shown = Math.Min(SampleCount, count);
        for (int i = 0; i < shown; i++)
        {
            if (index == (int)((long)i * count / shown))
                _samples[i] = SampleOverlay.Paint(sample, predicted, _palette);
        }
    }

    /// <summary>Writes mIoU, the IoU of every class that occurs, the mIoU of every source, and the images painted since the last time.</summary>
    public void Validated(long step, ValidationResult result)
    {
        var metrics = result.Metrics;
        Add("validation/miou", metrics.MeanIoU, step);
        Add("validation/pixel_accuracy", metrics.PixelAccuracy, step);
        foreach (var (label, iou) in labels.Classes.Zip(metrics.PerClassIoU))
            Add($"validation_iou/{label.Name}", iou, step);
        foreach (var source in result.Sources)
            Add($"validation_source/{source.Source}", source.Metrics.MeanIoU, step);
        foreach (var (index, picture) in _samples)
            Add(string.Create(CultureInfo.InvariantCulture, $"validation/image_{index}"), picture, step);
        _samples.Clear();
    }

    private static bool IsValidation(Tensorboard.Event logged) =>
        logged.Summary is { } summary && summary.Value.Any(value => value.Tag.StartsWith("validation", StringComparison.Ordinal));

    private void Add(string tag, double value, long step)
    {
        if (double.IsFinite(value))
            Writer.add_scalar(tag, (float)value, checked((int)step));
    }

    // By way of a file: TorchSharp multiplies an image that is a tensor by a number that it does not hold; see TensorArithmetic.
    private void Add(string tag, PixelImage picture, long step)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            ImageCodec.SavePng(picture, file);
            Writer.add_img(tag, file, checked((int)step));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
