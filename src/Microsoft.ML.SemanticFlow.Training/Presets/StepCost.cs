// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Presets;

/// <summary>What a training step takes on this machine, for each pixel of its crops.</summary>
/// <param name="Seconds">From a batch to moved weights.</param>
/// <param name="Bytes">Memory that the step adds.</param>
internal sealed record StepCost(double Seconds, double Bytes)
{
    private const int Steps = 2;

    /// <summary>Seconds that a square crop adds to a step.</summary>
    public double SecondsOf(int crop) => Seconds * crop * crop;

    /// <summary>Bytes that a square crop adds to a step.</summary>
    public double BytesOf(int crop) => Bytes * crop * crop;

    /// <summary>Trains a network of its own for a moment; torch's random source is as it was.</summary>
    /// <param name="options">Network, batch and crop.</param>
    /// <param name="labels">The classes.</param>
    public static StepCost Measure(SemanticFlowTrainerOptions options, LabelMap labels)
    {
        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        using var state = random.get_rng_state();
        int threads = get_num_threads();
        long before = Environment.WorkingSet;
        try
        {
            using var scope = NewDisposeScope();
            var plan = TrainingPlan.For(options, seed: 0);
            set_num_threads(plan.Threads);
            using var network = options.Network.Create(labels.ClassCount);
            if (plan.UseChannelsLast)
                MemoryLayout.ToChannelsLast(network);
            using var step = new GradientStep(options, plan, network, SingleProcess.Instance);
            var criterion = new DeepSupervision(
                options.Loss.Create(new LossContext(labels, new long[labels.ClassCount], SingleProcess.Instance)), options.DeepSupervisionWeights).At(0);
            var images = plan.UseChannelsLast
                ? randn(options.BatchSize, options.CropHeight, options.CropWidth, 3).permute(0, 3, 1, 2)
                : randn(options.BatchSize, 3, options.CropHeight, options.CropWidth);
            var batch = new Batch(images, randint(0, labels.ClassCount, [options.BatchSize, options.CropHeight, options.CropWidth], int64), HasLabels: true);
            step.Begin();
            double seconds = 0;
            for (int i = 0; i < Steps; i++)
            {
                long start = Stopwatch.GetTimestamp();
                step.Add(batch, criterion);
                step.Take(rate: 1e-6);
                seconds = Stopwatch.GetElapsedTime(start).TotalSeconds; // the first also makes kernels and memory
            }

            double pixels = (double)options.BatchSize * options.CropHeight * options.CropWidth;
            return new StepCost(seconds / pixels, Math.Max(0, Environment.WorkingSet - before) / pixels);
        }
        finally
        {
            set_num_threads(threads);
            random.set_rng_state(state);
        }
    }
}
