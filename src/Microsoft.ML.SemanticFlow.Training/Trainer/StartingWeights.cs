// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Networks;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>What a run starts from instead of random weights: those of a backbone that knows ImageNet, or those of a trained network.</summary>
internal static class StartingWeights
{
    /// <summary>Refuses files that are not there, before images are read.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static void Check(SemanticFlowTrainerOptions options)
    {
        if (options.InitialWeights is { } checkpoint && !Directory.Exists(checkpoint))
            Exists(checkpoint, nameof(options.InitialWeights));
        if (options.BackboneWeights is { } backbone)
            Exists(ImageNetWeights.Find(backbone, options.Network), nameof(options.BackboneWeights));

        static void Exists(string path, string option)
        {
            if (!File.Exists(path))
                throw new FileNotFoundException($"There is no file '{path}', which {option} names.", path);
        }
    }

    /// <summary>Loads into a network with random weights what the options name.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="WeightMismatchException">A file does not fit.</exception>
    public static void Load(SemanticFlowTrainerOptions options, SegmentationNetwork network, LabelMap labels, IChannel channel)
    {
        if (options.InitialWeights is { } path)
        {
            string checkpoint = Directory.Exists(path) ? RunFolder.FindCheckpoint(path) : path;
            var report = WeightLoader.Load(checkpoint, network, options.Network, allowClassifierMismatch: true, labels, options.CheckpointKey, options.CancellationToken);
            string start = $"Starting from {checkpoint}: {report}";
            if (options.CheckpointKey is null && report.OtherKeys.Count > 0)
                channel.Warn($"{start}. CheckpointKey chooses among them.");
            else
                channel.Say(start);
        }

        if (options.BackboneWeights is { } backbone)
            channel.Say($"Backbone from {backbone}: {WeightLoader.LoadBackbone(ImageNetWeights.Find(backbone, options.Network), network, options.Network)}");
    }
}
