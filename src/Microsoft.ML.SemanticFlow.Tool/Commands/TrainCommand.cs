// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow train</c>: a dataset to a run folder with checkpoints and the exported model.</summary>
internal static class TrainCommand
{
    public const string Name = "train", Purpose = "Train a network on a dataset and export it as one ONNX file.";

    private const int CurveLength = 60;

    private static readonly TimeSpan _firstSpeaks = TimeSpan.FromSeconds(2);

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var dataset = new DatasetOptions();
        var settings = new TrainingSettings();
        var preset = new Preset();
        var output = new Option<string>("--output") { Description = "Run folder, made when missing: checkpoints, log, exported model.", Required = true, HelpName = "RUN_DIR" };
        var boostClasses = new Option<string?>("--boost-classes") { Description = "Classes that crops of --boost-images are drawn around.", HelpName = "NAME,..." };
        var holdOut = new Option<double?>("--hold-out")
        {
            Description = "Share of the training images to validate on, where there is no validation set. [default: 0.15 with --preset auto, else none]",
            HelpName = "SHARE",
        };
        var gpu = GpuOption.Create();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand(Name, Purpose);
        dataset.AddTo(command);
        command.Add(output);
        preset.AddTo(command);
        settings.AddTo(command);
        command.Add(boostClasses);
        command.Add(holdOut);
        command.Add(gpu);
        command.Add(json);
        Arrange(command, dataset, settings);
        command.SetAction(parsed => InTurn(terminal, terminal =>
        {
            var display = new TrainingDisplay(terminal);
            string folder = parsed.GetValue(output)!; // the option is required
            var followed = SharedCommandLine.Receive(parsed);
            var completed = followed?.Line
                ?? (settings.Read(parsed, folder).Run!.Resume ? RecordedCommand.Complete(parsed, folder, dataset.Places) : parsed); // it has a run
            var options = settings.Read(completed, folder, given: parsed) with { CancellationToken = cancellation };
            if (!options.Run!.Resume && File.Exists(Path.Combine(folder, "last.safetensors")))
                throw new UsageException($"--output '{folder}' already holds a run. Add --resume to go on with it, or name another folder.");

            var context = terminal.CreateContext(options.Seed);
            (context.GpuDeviceId, context.FallbackToCpu) = (GpuOption.Read(completed, gpu), false);
            var skipped = new SkippedFiles(terminal);
            var reading = skipped.Hear(options.Reading) with { CheckFiles = true, OutputDirectories = [folder] };
            bool choosesRecipe = preset.IsAuto(completed) && completed == parsed; // a follower has the first process's, and a run that goes on keeps its own
            var data = followed?.Data ?? ReadData(dataset, parsed, completed, context, reading);
            skipped.SayLeftOut();
            foreach (string guess in data.Guesses)
                terminal.WriteLine(guess);
            if (choosesRecipe && data.Validation is null && completed.GetValue(holdOut) is null)
                completed = Preset.With(parsed, [holdOut.Name, "0.15"]); // so that a resumed run holds out the same
            if (followed is null && completed.GetValue(holdOut) is { } share)
                data = data.HoldOut(terminal, context, share);
            var reasons = followed?.Reasons ?? [];
            if (choosesRecipe)
            {
                (completed, reasons) = Preset.Complete(terminal, completed, options, settings.FitsBatch(parsed), data, cancellation);
            }
            else if (settings.FitsBatch(completed))
            {
                completed = Preset.FitBatch(terminal, completed, options, data);
            }

            options = settings.Read(completed, folder, given: parsed) with { CancellationToken = cancellation };

            var run = options.Run! with { Notes = RecordedCommand.Of(completed, options.Run!) }; // Read gives it one
            if (followed is null && !settings.SaysGray16(completed))
                SayDeep(data, skipped);
            new SharedCommandLine(completed, reasons, data).Send();
            options = WithData(options with { Run = run, Reading = reading, Progress = display, Reasons = reasons }, data, completed.GetValue(boostClasses));
            return Train(terminal, context, data, options, display, skipped, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    // Of processes that train together the first speaks for all. What another fails at is mostly what the first fails at too: it then has ended the run.
    private static int InTurn(Terminal terminal, Func<Terminal, int> run)
    {
        if (DataParallel.Rank == 0)
            return run(terminal);
        try
        {
            return run(terminal.Muted());
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch
        {
            Thread.Sleep(_firstSpeaks);
            throw;
        }
    }

    private static void Arrange(CliCommand command, DatasetOptions dataset, TrainingSettings settings)
    {
        var headings = new Dictionary<string, string>(settings.Headings);
        foreach (string name in dataset.Names.Concat(["--boost-classes", "--hold-out"]))
            headings.Add(name, "Data");
        foreach (string name in (string[])["--output", "--preset"])
            headings.Add(name, "Network and time");
        headings.Add("--gpu", "Machine");
        foreach (string name in (string[])["--json", ConfigFile.Name])
            headings.Add(name, "Run");
        ConfigFile.Set(command, [new ConfigFile.Rule(dataset.Places, dataset.Places), .. Preset.Rules]);
        HelpArrangement.Set(command, new HelpArrangement(
            ["--data", "--dataset", "--map", "--output", "--time", "--network", "--preset", "--backbone", "--epochs", "--batch", "--resume", "--gpu"], headings)
        {
            Tables = [DatasetOptions.Kinds],
            Chosen = Preset.Chosen,
            Unchosen = Preset.Paper,
        });
    }

    private static SemanticFlowTrainerOptions WithData(SemanticFlowTrainerOptions options, Dataset data, string? boostClasses)
    {
        if (data.Boost is null != boostClasses is null)
            throw new UsageException(
                "--boost-images and --boost-classes go together: the images to draw more crops from, and the classes to draw them around. Give both, or neither.");
        if (data.Boost is not null && options.Sampling is null)
            throw new UsageException("--boost-images has no effect without class-uniform sampling. Add --class-uniform, 0.5 in the authors' code, or leave it out.");
        return options with
        {
            Labels = data.Labels,
            ValidationSet = data.Validation,
            Sampling = data.Boost is { } set ? options.Sampling! with { Boost = new ClassBoost(set, List.Names(boostClasses!)) } : options.Sampling, // both were checked
        };
    }

    private static Dataset ReadData(DatasetOptions dataset, ParseResult given, ParseResult completed, MLContext context, ReadingOptions reading)
    {
        try
        {
            return dataset.Read(completed, context, reading);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException && given != completed && !RecordedCommand.Gives(given, dataset.Places))
        {
            throw new FileNotFoundException($"{e.Message} The run was started with it: go on from the same working folder, or give the place of the data anew.", e);
        }
    }

    private static void SayDeep(Dataset data, SkippedFiles skipped)
    {
        foreach (var set in new[] { data.Train, data.Validation, data.Boost }.OfType<IDataView>())
            Parallel.ForEach(set.GetColumn<string>("ImagePath"), skipped.CountDeep);
        skipped.SayDeep();
    }

    private static int Train(
        Terminal terminal, MLContext context, Dataset data, SemanticFlowTrainerOptions options, TrainingDisplay display, SkippedFiles skipped, bool json,
        CancellationToken cancellation)
    {
        // Our own reader: the stock one takes what it can decode of a damaged image for the whole.
        var pipeline = context.Transforms.SemanticFlow().LoadImagesAndMasks(gray16: options.Gray16)
            .Append(context.SemanticSegmentation.Trainers.SemanticFlow(options));
        long images = data.Train.GetRowCount() ?? 0, validated = data.Validation?.GetRowCount() ?? 0;
        terminal.WriteLine($"Training {options.Network.Id} on {images} images ({validated} to validate), {data.Labels.ClassCount} classes, into '{options.Run!.Directory}'.");

        var clock = Stopwatch.StartNew();
        using var model = display.Run(() => pipeline.Fit(data.Train)) as IDisposable;
        Write(terminal, data, options, display, skipped, clock.Elapsed, json);
        string kept = display.BestEpoch is { } best ? $"the best weights, of epoch {best.Epoch}," : $"the weights of epoch {display.LastEpoch?.Epoch ?? 0}";
        string end = $"epoch {display.LastEpoch?.Epoch ?? 0}{(options.MaxTrainingTime is null ? $" of {options.Epochs}" : "")}";
        if (display.Divergence is not null)
        {
            terminal.Error.WriteLine($"Training ended after {end}; {kept} are kept and exported.");
            return ExitCode.FailedCheck;
        }

        if (!cancellation.IsCancellationRequested)
            return ExitCode.Done;

        terminal.Error.WriteLine($"Cancelled after {end}; {kept} are kept and exported. Add --resume to go on.");
        return ExitCode.Cancelled;
    }

    private static void Write(Terminal terminal, Dataset data, SemanticFlowTrainerOptions options, TrainingDisplay display, SkippedFiles skipped, TimeSpan elapsed, bool json)
    {
        string model = Path.Combine(options.Run!.Directory, "model.onnx");
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
                diverged = display.Divergence,
                loss = display.LastEpoch is { } last ? JsonOutput.Number(last.Loss) : null,
                bestEpoch = best?.Epoch,
                meanIoU = best?.MeanIoU,
                perClassIoU = best?.PerClassIoU is { } all ? data.Labels.Classes.Zip(all).ToDictionary(pair => pair.First.Name, pair => JsonOutput.Number(pair.Second)) : null,
                sources = best?.Sources.Select(source => new { name = source.Source, images = source.ImageCount, meanIoU = JsonOutput.Number(source.Metrics.MeanIoU) }),
                skipped = skipped.Skipped,
                leftOut = skipped.LeftOut,
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
            foreach (var source in best.Sources)
                terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mIoU {source.Metrics.MeanIoU:f4} on the {source.ImageCount} images of {source.Source}"));
            if (TrainingRuns.Read(options.Run.Directory).MeanIoUs is { Count: > 1 } curve)
                terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mIoU {Sparkline.Of(curve, CurveLength)} {curve[0]:f4} to {curve[^1]:f4}"));
        }

        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"model {model}, {DurationText.Of(elapsed)}, peak memory {peak:f0} MiB"));
        string page = Path.Combine(options.Run.Directory, "run.html");
        if (File.Exists(page))
            terminal.Output.WriteLine($"page {page}");
    }
}
