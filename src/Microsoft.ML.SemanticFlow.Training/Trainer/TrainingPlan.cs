// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>What the options leave open, decided for this machine and this data set.</summary>
internal sealed record TrainingPlan
{
    public required int Seed { get; init; }

    public required bool UseBFloat16 { get; init; }

    public required bool UseChannelsLast { get; init; }

    /// <summary>Threads of the network's arithmetic.</summary>
    public required int Threads { get; init; }

    /// <summary>Threads that augment ahead.</summary>
    public required int LoaderThreads { get; init; }

    public static TrainingPlan For(SemanticFlowTrainerOptions options, int seed)
    {
        bool bfloat16 = options.Precision switch
        {
            TrainingPrecision.BFloat16 => true,
            TrainingPrecision.Float32 => false,
            _ => MixedPrecision.HasBFloat16Hardware && MixedPrecision.IsSupported,
        };
        return new TrainingPlan
        {
            Seed = seed,
            UseBFloat16 = bfloat16,
            UseChannelsLast = options.ChannelsLast ?? bfloat16,
            Threads = options.Threads ?? Environment.ProcessorCount,
            LoaderThreads = options.LoaderThreads ?? Math.Max(1, Environment.ProcessorCount - 1),
        };
    }

    public override string ToString() => $"{(UseBFloat16 ? "bfloat16" : "float32")}{(UseChannelsLast ? ", channels-last" : "")}, {Threads} + {LoaderThreads} threads";
}
