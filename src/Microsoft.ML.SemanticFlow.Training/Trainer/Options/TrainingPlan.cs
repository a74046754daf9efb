// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Options;

/// <summary>What the options leave open, decided for this machine and this data set.</summary>
internal sealed record TrainingPlan
{
    public required int Seed { get; init; }

    /// <summary>Where the network is.</summary>
    public required Device Device { get; init; }

    /// <summary>The number format that convolutions are reduced to; null: float32.</summary>
    public required ScalarType? ReducedPrecision { get; init; }

    public required bool UseChannelsLast { get; init; }

    /// <summary>Threads of the network's arithmetic.</summary>
    public required int Threads { get; init; }

    /// <summary>Threads that augment ahead.</summary>
    public required int LoaderThreads { get; init; }

    /// <param name="options">What is asked for.</param>
    /// <param name="seed">The run's.</param>
    /// <param name="device">Where the network is; null for the processor.</param>
    /// <param name="processes">The processes that train together; null for this one alone. Those of one machine divide its processors.</param>
    public static TrainingPlan For(SemanticFlowTrainerOptions options, int seed, Device? device = null, Collective? processes = null)
    {
        device ??= CPU;
        int processors = ProcessorShare.Of(processes ?? SingleProcess.Instance);
        ScalarType? reduced = options.Execution.Precision switch
        {
            TrainingPrecision.BFloat16 => ScalarType.BFloat16,
            TrainingPrecision.Float16 => ScalarType.Float16,
            TrainingPrecision.Auto when device.type == DeviceType.CUDA && MixedPrecision.IsSupported => ScalarType.Float16,
            TrainingPrecision.Auto when MixedPrecision.HasBFloat16Hardware && MixedPrecision.IsSupported => ScalarType.BFloat16,
            _ => null,
        };
        return new TrainingPlan
        {
            Seed = seed,
            Device = device,
            ReducedPrecision = reduced,
            UseChannelsLast = options.Execution.ChannelsLast ?? reduced is not null,
            Threads = options.Execution.Threads ?? processors,
            LoaderThreads = options.Execution.LoaderThreads ?? Math.Max(1, processors - 1),
        };
    }

    /// <summary>The number format's name.</summary>
    public string PrecisionName => ReducedPrecision switch
    {
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        _ => "float32",
    };

    /// <summary>Reduces convolutions to the plan's number format until disposed.</summary>
    public MixedPrecision.Scope Autocast() => ReducedPrecision is { } precision ? MixedPrecision.Autocast(Device.type, precision) : default;

    public override string ToString() =>
        $"{(Device.type == DeviceType.CPU ? "" : $"{Device}, ")}{PrecisionName}{(UseChannelsLast ? ", channels-last" : "")}, {Threads} + {LoaderThreads} threads";
}
