// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow train</c>: a dataset to a run folder with checkpoints and the exported model.</summary>
internal static class TrainCommand
{
    private static readonly SemanticFlowTrainerOptions _defaults = new() { Network = SegmentationNetworks.SFNetDF1 };

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var dataset = new DatasetOptions();
        var network = new Option<string>("--network") { Description = $"Network id: {string.Join(", ", SegmentationNetworks.All.Select(info => info.Id))}.", DefaultValueFactory = _ => _defaults.Network.Id, HelpName = "ID" };
        var output = new Option<string>("--output") { Description = "Run folder, made when missing: checkpoints, log, exported model.", Required = true, HelpName = "RUN_DIR" };
        var epochs = Number("--epochs", "How often each training image is seen.", _defaults.Epochs);
        var batch = Number("--batch", "Crops a step.", _defaults.BatchSize);
        var crop = new Option<(int Height, int Width)?>("--crop") { Description = $"Size of the training crop, multiples of 32. [default: {_defaults.CropHeight},{_defaults.CropWidth}]", CustomParser = Pair.Size, HelpName = "H,W" };
        var rate = Number("--lr", "Learning rate after warming up.", _defaults.LearningRate);
        var decay = Number("--weight-decay", "Weight decay.", _defaults.WeightDecay);
        var momentum = Number("--momentum", "Momentum of stochastic gradient descent.", _defaults.Momentum);
        var warmUp = new Option<int?>("--warm-up") { Description = "Steps over which the learning rate rises. [default: 50, or a tenth of all steps where that is less]", HelpName = "STEPS" };
        var loss = Choice("--loss", "Cross entropy over all pixels, or over the hard ones (OHEM).", "ohem", "ce", "ohem");
        var weights = Choice("--class-weights", "Let pixels of rare classes count more.", "none", "none", "log");
        var scale = new Option<(double Min, double Max)?>("--scale") { Description = FormattableString.Invariant($"Random scale before cropping. [default: {_defaults.ScaleMin},{_defaults.ScaleMax}]"), CustomParser = Pair.Range, HelpName = "MIN,MAX" };
        var jitter = Number("--jitter", "Random change of brightness, contrast and saturation; 0 turns it off.", _defaults.ColorJitter);
        var precision = Choice("--precision", "Number format of the convolutions.", "auto", "auto", "fp32", "bf16");
        var channelsLast = Choice("--channels-last", "Memory layout; auto goes with bf16.", "auto", "auto", "on", "off");
        var threads = new Option<int?>("--threads") { Description = "Threads of the arithmetic. [default: every processor]", HelpName = "N" };
        var seed = new Option<int?>("--seed") { Description = "Fixes initial weights, order and augmentation.", HelpName = "N" };
        var interval = Number("--val-interval", "Validate after every so many epochs.", _defaults.ValidationInterval);
        var resume = new Option<bool>("--resume") { Description = "Go on from the last checkpoint of RUN_DIR, where there is one." };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand("train", "Train a network on a dataset and export it as one ONNX file.");
        dataset.AddTo(command);
        foreach (Option option in new Option[] { network, output, epochs, batch, crop, rate, decay, momentum, warmUp, loss, weights, scale, jitter, precision, channelsLast, threads, seed, interval, resume, json })
            command.Add(option);

        command.SetAction(parsed =>
        {
            var display = new TrainingDisplay(terminal);
            var options = _defaults with { CancellationToken = cancellation, Progress = display, RunDirectory = parsed.GetValue(output), Resume = parsed.GetValue(resume) };
            RequireFresh(parsed.GetValue(output)!, options.Resume);
            With("--network", set => set with { Network = Network(parsed.GetValue(network)!) });
            With("--epochs", set => set with { Epochs = parsed.GetValue(epochs) });
            With("--batch", set => set with { BatchSize = parsed.GetValue(batch) });
            if (parsed.GetValue(crop) is { } size)
                With("--crop", set => set with { CropHeight = size.Height, CropWidth = size.Width });
            With("--lr", set => set with { LearningRate = parsed.GetValue(rate) });
            With("--weight-decay", set => set with { WeightDecay = parsed.GetValue(decay) });
            With("--momentum", set => set with { Momentum = parsed.GetValue(momentum) });
            With("--warm-up", set => set with { WarmUpSteps = parsed.GetValue(warmUp) });
            With("--loss", set => set with { Loss = parsed.GetValue(loss) == "ce" ? SegmentationLossKind.CrossEntropy : SegmentationLossKind.OhemCrossEntropy });
            With("--class-weights", set => set with { ClassWeighting = parsed.GetValue(weights) == "log" ? ClassWeighting.InverseLogFrequency : ClassWeighting.None });
            if (parsed.GetValue(scale) is { } range)
                With("--scale", set => set with { ScaleMin = range.Min, ScaleMax = range.Max });
            With("--jitter", set => set with { ColorJitter = parsed.GetValue(jitter) });
            With("--precision", set => set with { Precision = parsed.GetValue(precision) switch { "fp32" => TrainingPrecision.Float32, "bf16" => TrainingPrecision.BFloat16, _ => TrainingPrecision.Auto } });
            With("--channels-last", set => set with { ChannelsLast = parsed.GetValue(channelsLast) switch { "on" => true, "off" => false, _ => null } });
            With("--threads", set => set with { Threads = parsed.GetValue(threads) });
            With("--seed", set => set with { Seed = parsed.GetValue(seed) });
            With("--val-interval", set => set with { ValidationInterval = parsed.GetValue(interval) });

            var context = terminal.CreateContext(options.Seed);
            var data = dataset.Read(parsed, context);
            return Train(terminal, context, data, options with { Labels = data.Labels, ValidationSet = data.Validation }, display, parsed.GetValue(json), cancellation);

            // An option's own check knows what is wrong; the user knows the option by its name on the command line.
            void With(string name, Func<SemanticFlowTrainerOptions, SemanticFlowTrainerOptions> change)
            {
                try
                {
                    options = change(options);
                }
                catch (ArgumentException exception)
                {
                    throw new UsageException($"{name}: {Shell.Sentence(exception)}", exception);
                }
            }
        });
        return command;
    }

    private static int Train(
        Terminal terminal, MLContext context, Dataset data, SemanticFlowTrainerOptions options, TrainingDisplay display, bool json, CancellationToken cancellation)
    {
        var pipeline = context.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(context.Transforms.SemanticFlow().LoadMasks("Label", "LabelPath", data.Labels))
            .Append(context.SemanticSegmentation.Trainers.SemanticFlow(options));
        long images = data.Train.GetRowCount() ?? 0, validated = data.Validation?.GetRowCount() ?? 0;
        terminal.WriteLine($"Training {options.Network.Id} on {images} images ({validated} to validate), {data.Labels.ClassCount} classes, into '{options.RunDirectory}'.");

        var clock = Stopwatch.StartNew();
        using var model = display.Run(() => pipeline.Fit(data.Train)) as IDisposable;
        Write(terminal, data, options, display, clock.Elapsed, json);
        if (!cancellation.IsCancellationRequested)
            return ExitCode.Done;

        terminal.Error.WriteLine($"Cancelled after epoch {display.LastEpoch?.Epoch ?? 0} of {options.Epochs}; the {(display.BestEpoch is null ? "latest" : "best")} weights so far are kept. Add --resume to go on.");
        return ExitCode.Cancelled;
    }

    private static void Write(Terminal terminal, Dataset data, SemanticFlowTrainerOptions options, TrainingDisplay display, TimeSpan elapsed, bool json)
    {
        string model = Path.Combine(options.RunDirectory!, "model.onnx");
        using var process = Process.GetCurrentProcess();
        double peak = process.PeakWorkingSet64 / (double)(1 << 20);
        var best = display.BestEpoch;
        if (json)
        {
            terminal.WriteJson(new
            {
                model,
                network = options.Network.Id,
                epochs = display.LastEpoch?.Epoch ?? 0,
                seconds = elapsed.TotalSeconds,
                peakMegabytes = peak,
                loss = display.LastEpoch is { } last ? JsonOutput.Number(last.Loss) : null,
                bestEpoch = best?.Epoch,
                meanIoU = best?.MeanIoU,
                perClassIoU = best?.PerClassIoU is { } all ? data.Labels.Classes.Zip(all).ToDictionary(pair => pair.First.Name, pair => JsonOutput.Number(pair.Second)) : null,
            });
            return;
        }

        if (best?.PerClassIoU is { } each)
        {
            var table = new TextTable("class", "IoU");
            foreach (var (label, value) in data.Labels.Classes.Zip(each))
                table.Add(label.Name, double.IsNaN(value) ? "-" : value.ToString("f4", CultureInfo.InvariantCulture));
            table.Write(terminal.Output);
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mIoU {best.MeanIoU:f4} on the validation set, epoch {best.Epoch}"));
        }

        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"model {model}, {elapsed:hh\\:mm\\:ss}, peak memory {peak:f0} MiB"));
    }

    private static void RequireFresh(string output, bool resume)
    {
        if (!resume && File.Exists(Path.Combine(output, "last.safetensors")))
            throw new UsageException($"--output '{output}' already holds a run. Add --resume to go on with it, or name another folder.");
    }

    private static SegmentationNetworkInfo Network(string id) =>
        SegmentationNetworks.All.FirstOrDefault(info => info.Id == id)
        ?? throw new UsageException($"--network '{id}' is not known. Known: {string.Join(", ", SegmentationNetworks.All.Select(info => info.Id))}.");

    private static Option<T> Number<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };

    private static Option<string> Choice(string name, string description, string value, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => value };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
