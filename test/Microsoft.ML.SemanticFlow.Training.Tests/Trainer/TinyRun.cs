// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Runs of seconds that give the same weights each time.</summary>
internal static class TinyRun
{
    public static readonly SemanticFlowTrainerOptions Options = new()
    {
        Network = TinyNetwork.Info,
        Epochs = 2,
        BatchSize = 2,
        CropHeight = 64,
        CropWidth = 64,
        Optimizer = new Sgd { LearningRate = 0.02 },
        Schedule = new PolySchedule { WarmUpSteps = 0 },
        Loss = new CrossEntropyLoss(),
        Augmentation = new() { ScaleMin = 1, ScaleMax = 1.1, ColorJitter = 0 },
        Execution = new() { Precision = TrainingPrecision.Float32, Threads = 1, LoaderThreads = 1 },
        Seed = 1,
    };

    public static void Fit(TinyScenes scenes, SemanticFlowTrainerOptions options)
    {
        var context = new MLContext(1);
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
    }

    /// <summary>Trains up to an epoch's report and is stopped there.</summary>
    public static void FitUntil(TinyScenes scenes, SemanticFlowTrainerOptions options, int epoch)
    {
        using var stop = new CancellationTokenSource();
        Fit(scenes, options with
        {
            Progress = new Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Epoch } && report.Epoch == epoch)),
            CancellationToken = stop.Token,
        });
    }

    /// <summary>An optimiser of a kind; the momentum is that of Sgd, or the first beta.</summary>
    public static TrainingOptimizer OptimizerOf(Type kind, double momentum, double decay, double beta2 = 0.999) => kind.Name switch
    {
        nameof(Adam) => new Adam { Beta1 = momentum, Beta2 = beta2, WeightDecay = decay },
        nameof(AdamW) => new AdamW { Beta1 = momentum, Beta2 = beta2, WeightDecay = decay },
        _ => new Sgd { Momentum = momentum, WeightDecay = decay },
    };

    /// <summary>The hash of a file of the run's folder. A checkpoint holds no times, so equal runs give equal ones.</summary>
    public static string Hash(string run, string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(run, file))));

    public sealed class Told(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
