// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>What an optimiser remembers of each parameter, as tensors by name: the kind of memory, a dot, the parameter's name.</summary>
/// <param name="optimizer">SGD, Adam or AdamW.</param>
/// <param name="parameters">The optimiser's parameters, in its order.</param>
internal sealed class OptimizerMemory(OptimizerHelper optimizer, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
{
    private const string Momentum = "momentum_buffer.";
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";
    private const string Step = "step.";

    /// <summary>The memory as it stands; of parameters that have never been stepped there is none. Counters are new tensors, in the caller's scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors()
    {
        foreach (var (name, _, state) in States())
        {
            switch (state)
            {
                case SGD.State { momentum_buffer: { } momentum }:
                    yield return KeyValuePair.Create(Momentum + name, momentum);
                    break;
                case Adam.State { step: > 0 } adam:
                    foreach (var pair in Moments(name, adam.exp_avg, adam.exp_avg_sq, adam.step))
                        yield return pair;
                    break;
                case AdamW.State { step: > 0 } adam:
                    foreach (var pair in Moments(name, adam.exp_avg, adam.exp_avg_sq, adam.step))
                        yield return pair;
                    break;
            }
        }
    }

    /// <summary>Every name that there may be, with its shape and type.</summary>
    public IEnumerable<(string Name, long[] Shape, ScalarType Type)> Expected()
    {
        foreach (var (name, parameter) in parameters)
        {
            foreach (string kind in new[] { Momentum, FirstMoment, SecondMoment })
                yield return (kind + name, parameter.shape, parameter.dtype);
            yield return (Step + name, [], ScalarType.Int64);
        }
    }

    /// <summary>Takes over the memory of an optimiser of the same kind.</summary>
    /// <param name="find">The tensor of a name, in the caller's scope; null where the parameter had not been stepped.</param>
    public void Load(Func<string, Tensor?> find)
    {
        foreach (var (name, parameter, state) in States())
        {
            switch (state)
            {
                // A clone of the parameter has its memory layout, so that steps after resuming run as those before.
                case SGD.State sgd when find(Momentum + name) is { } momentum:
                    sgd.momentum_buffer = parameter.detach().clone().copy_(momentum).DetachFromDisposeScope();
                    break;
                case Adam.State adam when find(Step + name) is { } step:
                    adam.step = step.item<long>();
                    LoadMoments(name, adam.exp_avg, adam.exp_avg_sq, find);
                    break;
                case AdamW.State adam when find(Step + name) is { } step:
                    adam.step = step.item<long>();
                    LoadMoments(name, adam.exp_avg, adam.exp_avg_sq, find);
                    break;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Moments(string name, Tensor first, Tensor second, long step) =>
    [
        KeyValuePair.Create(FirstMoment + name, first),
        KeyValuePair.Create(SecondMoment + name, second),
        KeyValuePair.Create(Step + name, tensor(step)),
    ];

    private static void LoadMoments(string name, Tensor first, Tensor second, Func<string, Tensor?> find)
    {
        first.copy_(find(FirstMoment + name)!); // written together with the step
        second.copy_(find(SecondMoment + name)!);
    }

    private IEnumerable<(string Name, Parameter Parameter, object State)> States() =>
        parameters.Zip(optimizer.state_dict().State, (named, state) => (named.Name, named.Parameter, (object)state));
}
