// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Weights, momentum and position of a training run in one safetensors file.</summary>
internal static class Checkpoint
{
    // State-dict names never begin so: the networks name their modules otherwise.
    private const string OptimizerPrefix = "optimizer.";

    /// <summary>Writes weights and, given an optimiser, its momentum as <c>optimizer.</c> and the parameter's name.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> weights, CheckpointInfo info, IEnumerable<KeyValuePair<string, Tensor>>? momentum = null)
    {
        var tensors = weights.Concat((momentum ?? []).Select(pair => KeyValuePair.Create(OptimizerPrefix + pair.Key, pair.Value)));
        AtomicFile.Write(path, stream => SafeTensors.Write(stream, tensors, info.ToMetadata()));
    }

    /// <summary>What a checkpoint says about itself, without reading its tensors.</summary>
    public static CheckpointInfo ReadInfo(string path)
    {
        using var file = SafeTensors.Open(path);
        return CheckpointInfo.FromMetadata(file.Metadata, path);
    }

    /// <summary>Reads weights into a network and, given an optimiser, its momentum.</summary>
    /// <exception cref="InvalidDataException">The file is not whole, or of another network.</exception>
    public static CheckpointInfo Load(string path, nn.Module network, SGD? optimizer = null)
    {
        using var file = SafeTensors.Open(path);
        var info = CheckpointInfo.FromMetadata(file.Metadata, path);
        using var scope = NewDisposeScope();
        using var _ = no_grad();

        var weights = network.state_dict();
        var momentum = network.named_parameters()
            .Select(named => (Name: OptimizerPrefix + named.name, named.parameter))
            .Where(named => file.Tensors.ContainsKey(named.Name) && !Fits(file, named.Name, named.parameter));
        var faults = weights.Where(pair => !Fits(file, pair.Key, pair.Value)).Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value.shape)}]")
            .Concat(file.Tensors.Keys.Where(name => !name.StartsWith(OptimizerPrefix, StringComparison.Ordinal) && !weights.ContainsKey(name)).Select(name => $"{name} (unknown)"))
            .Concat(momentum.Select(named => named.Name))
            .ToArray();
        if (faults.Length > 0)
        {
            throw new InvalidDataException(
                $"{path} does not fit the network {info.Network}: {faults.Length} tensors are missing, unknown or of another shape or type, the first {string.Join("; ", faults.Take(5))}. Resume with the network it was saved from.");
        }

        foreach (var (name, weight) in weights)
            weight.copy_(file.Read(name));
        if (optimizer is not null)
            LoadMomentum(file, network, optimizer);
        return info;
    }

    /// <summary>The momentum of each parameter that has been stepped, by the parameter's name.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> MomentumOf(nn.Module network, SGD optimizer)
    {
        foreach (var (name, state) in States(network, optimizer))
        {
            if (state.momentum_buffer is { } buffer)
                yield return KeyValuePair.Create(name, buffer);
        }
    }

    private static void LoadMomentum(SafeTensors file, nn.Module network, SGD optimizer)
    {
        var parameters = network.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        foreach (var (name, state) in States(network, optimizer))
        {
            if (!file.Tensors.ContainsKey(OptimizerPrefix + name))
                continue;

            // A clone of the parameter has its memory layout, so that steps after resuming run as those before.
            state.momentum_buffer = parameters[name].detach().clone().copy_(file.Read(OptimizerPrefix + name)).DetachFromDisposeScope();
        }
    }

    private static IEnumerable<(string Name, SGD.State State)> States(nn.Module network, SGD optimizer) =>
        network.named_parameters().Zip(optimizer.state_dict().State, (named, state) => (named.name, (SGD.State)state));

    private static bool Fits(SafeTensors file, string name, Tensor weight) =>
        file.Tensors.TryGetValue(name, out var entry) && entry.Shape.SequenceEqual(weight.shape) && entry.Type == weight.dtype;
}
