// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Weights, the state beside them and the position of a training run in one safetensors file.</summary>
internal static class Checkpoint
{
    // State-dict names never begin so: the networks name their modules otherwise.
    private const string OptimizerPrefix = "optimizer.";
    private const string AveragePrefix = "average.";

    /// <summary>Writes weights and, where given, what a run needs beside them to go on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="weights">The network's state dict.</param>
    /// <param name="info">What the file says about itself.</param>
    /// <param name="state">Kept under <c>optimizer.</c> and <c>average.</c> and the names there.</param>
    /// <param name="backup">Where an earlier file of that name is kept; null to replace it.</param>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> weights, CheckpointInfo info, TrainingState? state = null, string? backup = null)
    {
        using var scope = NewDisposeScope();
        var tensors = weights
            .Concat(WithPrefix(OptimizerPrefix, state?.Optimizer.Tensors()))
            .Concat(WithPrefix(OptimizerPrefix, state?.LossScale is { } scale ? [scale.ToTensor()] : null))
            .Concat(WithPrefix(AveragePrefix, state?.Average?.Weights));
        AtomicFile.Write(path, stream => SafeTensors.Write(stream, tensors, info.ToMetadata()), backup);
    }

    /// <summary>What a checkpoint says about itself, without reading its tensors.</summary>
    /// <exception cref="InvalidDataException">The file is not whole, or no checkpoint.</exception>
    public static CheckpointInfo ReadInfo(string path)
    {
        using var file = SafeTensors.Open(path);
        return CheckpointInfo.FromMetadata(file.Metadata, path);
    }

    /// <summary>Reads into a network the weights to predict with: the average where the file holds one.</summary>
    /// <exception cref="InvalidDataException">The file is not whole, or of another network.</exception>
    public static CheckpointInfo LoadWeights(string path, nn.Module network)
    {
        using var file = SafeTensors.Open(path);
        var info = CheckpointInfo.FromMetadata(file.Metadata, path);
        Check(file, network, info, path);
        bool averaged = file.Tensors.Keys.Any(name => name.StartsWith(AveragePrefix, StringComparison.Ordinal));
        Copy(file, averaged ? AveragePrefix : "", network.state_dict());
        return info;
    }

    /// <summary>Reads all that a run needs to go on.</summary>
    /// <exception cref="InvalidDataException">The file is not whole, or of another network.</exception>
    public static CheckpointInfo Load(string path, nn.Module network, TrainingState state)
    {
        using var file = SafeTensors.Open(path);
        var info = CheckpointInfo.FromMetadata(file.Metadata, path);
        Check(file, network, info, path, state);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (state.Average is { } average)
            Copy(file, AveragePrefix, average.Weights);
        Copy(file, "", network.state_dict());
        state.Optimizer.Load(Find);
        state.LossScale?.Load(Find);
        return info;

        Tensor? Find(string name) => file.Tensors.ContainsKey(OptimizerPrefix + name) ? file.Read(OptimizerPrefix + name) : null;
    }

    private static void Check(SafeTensors file, nn.Module network, CheckpointInfo info, string path, TrainingState? state = null)
    {
        var weights = network.state_dict();
        bool needsAverage = state?.Average is not null;
        var memory = state?.Optimizer.Expected().Append(LossScale.Expected) ?? [];
        var faults = weights.Where(pair => !Fits(file, pair.Key, pair.Value)).Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value.shape)}]")
            .Concat(weights.Select(pair => (Name: AveragePrefix + pair.Key, Weight: pair.Value))
                .Where(average => (needsAverage || file.Tensors.ContainsKey(average.Name)) && !Fits(file, average.Name, average.Weight)).Select(average => average.Name))
            .Concat(file.Tensors.Keys.Where(name => !IsState(name) && !weights.ContainsKey(name)).Select(name => $"{name} (unknown)"))
            .Concat(memory.Select(m => (Name: OptimizerPrefix + m.Name, m.Shape, m.Type))
                .Where(m => file.Tensors.ContainsKey(m.Name) && !Fits(file, m.Name, m.Shape, m.Type)).Select(m => m.Name))
            .ToArray();
        if (faults.Length > 0)
        {
            throw new InvalidDataException(
                $"{path} does not fit the network {info.Network}: {faults.Length} tensors are missing, unknown or of another shape or type, " +
                $"the first {string.Join("; ", faults.Take(5))}. Resume with the network it was saved from.");
        }
    }

    private static void Copy(SafeTensors file, string prefix, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, weight) in weights)
            weight.copy_(file.Read(prefix + name));
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> WithPrefix(string prefix, IEnumerable<KeyValuePair<string, Tensor>>? tensors) =>
        (tensors ?? []).Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));

    private static bool IsState(string name) => name.StartsWith(OptimizerPrefix, StringComparison.Ordinal) || name.StartsWith(AveragePrefix, StringComparison.Ordinal);

    private static bool Fits(SafeTensors file, string name, Tensor weight) => Fits(file, name, weight.shape, weight.dtype);

    private static bool Fits(SafeTensors file, string name, long[] shape, ScalarType type) =>
        file.Tensors.TryGetValue(name, out var entry) && entry.Shape.SequenceEqual(shape) && entry.Type == type;
}
