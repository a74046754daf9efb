// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Seconds that a training step took.</summary>
internal readonly record struct StepSeconds(double Wall, double Cpu)
{
    public static StepSeconds Of(Action step)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        step();
        process.Refresh();
        return new StepSeconds(clock.Elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
    }
}

/// <summary>One way of making the same training step again and again.</summary>
internal interface IStepLoop : IDisposable
{
    string Name { get; }

    StepSeconds Step();
}

/// <summary>The loop that a user of TorchSharp writes: enlarge, cross entropy, backward, SGD, in float32.</summary>
internal sealed class TorchSharpLoop : IStepLoop
{
    private readonly SegmentationNetwork _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _images;
    private readonly Tensor _labels;

    public TorchSharpLoop(SegmentationNetworkInfo network, int classes, Tensor images, Tensor labels)
    {
        (_images, _labels) = (images, labels);
        _network = network.Create(classes);
        WeightInitialization.HeNormal(_network);
        _network.train();
        _optimizer = optim.SGD(_network.parameters(), 0.01, momentum: 0.9, weight_decay: 5e-4);
    }

    public string Name => "TorchSharp, plain loop";

    public StepSeconds Step() => StepSeconds.Of(() =>
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var logits = functional.interpolate(_network.Predict(_images).Main, size: _labels.shape[1..], mode: InterpolationMode.Bilinear, align_corners: true);
        functional.cross_entropy(logits, _labels, ignore_index: Criterion.Ignored).backward();
        _optimizer.step();
    });

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }
}

/// <summary>The step of the trainer, in a number format and a memory layout.</summary>
internal sealed class TrainerLoop : IStepLoop
{
    private readonly CrossEntropy _loss;
    private readonly SegmentationNetwork _network;
    private readonly GradientStep _step;
    private readonly Batch _batch;

    public TrainerLoop(SegmentationNetworkInfo network, int classes, Tensor images, Tensor labels, bool bfloat16, bool channelsLast, DataParallel? parallel = null)
    {
        var processes = parallel is null ? SingleProcess.Instance : DataParallel.ProcessesOf(parallel);
        _loss = new CrossEntropy(classWeights: null, processes);
        Name = $"trainer, {(bfloat16 ? "bfloat16" : "float32")}{(channelsLast ? ", channels-last" : "")}";
        var options = new SemanticFlowTrainerOptions
        {
            Network = network,
            Execution = (parallel ?? new TrainingExecution()) with { Precision = bfloat16 ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32, ChannelsLast = channelsLast },
        };
        _network = network.Create(classes);
        WeightInitialization.HeNormal(_network);
        if (channelsLast)
            MemoryLayout.ToChannelsLast(_network);
        _step = new GradientStep(options, TrainingPlan.For(options, seed: 1), _network, processes);
        _step.Begin();
        _batch = new Batch(channelsLast ? MemoryLayout.ChannelsLast(images) : images, labels, HasLabels: true);
    }

    public string Name { get; }

    public StepSeconds Step() => StepSeconds.Of(() =>
    {
        _step.Add(_batch, _loss);
        _step.Take(0.01);
    });

    public void Dispose()
    {
        _step.Dispose();
        _network.Dispose();
    }
}

/// <summary>The authors' code in PyTorch, in a process of its own that waits while the others step.</summary>
internal sealed class PyTorchLoop : IStepLoop
{
    private readonly Process _python;

    public PyTorchLoop(string python, string checkout, SegmentationNetworkInfo network, int crop, int batch)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "pytorch_step.py");
        string[] arguments = [script, checkout, network.Id, .. new[] { crop, batch, get_num_threads() }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var start = new ProcessStartInfo(python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        _python = Process.Start(start)!;      // not null: a new process
        _python.ErrorDataReceived += (_, _) => { };
        _python.BeginErrorReadLine();
        Name = $"PyTorch {Answer()}, eager";
    }

    public string Name { get; }

    public StepSeconds Step()
    {
        _python.StandardInput.WriteLine();
        _python.StandardInput.Flush();
        double[] seconds = [.. Answer().Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return new StepSeconds(seconds[0], seconds[1]);
    }

    public void Dispose()
    {
        _python.StandardInput.Close();
        _python.WaitForExit();
        _python.Dispose();
    }

    private string Answer() => _python.StandardOutput.ReadLine() ?? throw new InvalidOperationException(
        $"{_python.StartInfo.FileName} ended; run pytorch_step.py by hand to see why. It needs torch and a checkout of the authors' code.");
}
