// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>What an optimiser remembers of each parameter, as tensors by name: the kind of memory, a dot, the parameter's name.</summary>
/// <param name="parameters">The parameters, by name.</param>
/// <param name="kinds">The kinds of memory, named as PyTorch names them.</param>
internal sealed class OptimizerMemory(IReadOnlyList<(string Name, Parameter Parameter)> parameters, params IReadOnlyList<string> kinds) : IDisposable
{
    private const string Step = "step.";

    private readonly ParameterMemory[] _memories = [.. parameters.Select(named => new ParameterMemory(named.Name, named.Parameter, kinds.Count))];

    /// <summary>The memory of each parameter, in the order of the parameters.</summary>
    public IReadOnlyList<ParameterMemory> Parameters => _memories;

    /// <summary>The memory as it stands; of parameters that have never been stepped there is none. Counters are new tensors, in the caller's scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors()
    {
        foreach (var memory in _memories)
        {
            for (int kind = 0; kind < kinds.Count; kind++)
            {
                if (memory.Tensors[kind] is { } remembered)
                    yield return KeyValuePair.Create(NameOf(kind, memory), remembered);
            }

            if (memory.Steps > 0)
                yield return KeyValuePair.Create(Step + memory.Name, tensor(memory.Steps));
        }
    }

    /// <summary>Every name that there may be, with its shape and type.</summary>
    public IEnumerable<(string Name, long[] Shape, ScalarType Type)> Expected()
    {
        foreach (var memory in _memories)
        {
            for (int kind = 0; kind < kinds.Count; kind++)
                yield return (NameOf(kind, memory), memory.Parameter.shape, memory.Parameter.dtype);
            yield return (Step + memory.Name, [], ScalarType.Int64);
        }
    }

    /// <summary>Takes over the memory of an optimiser of the same kind.</summary>
    /// <param name="find">The tensor of a name, in the caller's scope; null where the parameter had not been stepped.</param>
    public void Load(Func<string, Tensor?> find)
    {
        foreach (var memory in _memories)
        {
            for (int kind = 0; kind < kinds.Count; kind++)
                memory.Load(kind, find(NameOf(kind, memory)));
            memory.Steps = find(Step + memory.Name)?.item<long>() ?? 0;
        }
    }

    public void Dispose()
    {
        foreach (var memory in _memories)
            memory.Dispose();
    }

    private string NameOf(int kind, ParameterMemory memory) => $"{kinds[kind]}.{memory.Name}";
}

/// <summary>What an optimiser remembers of one parameter.</summary>
/// <param name="name">The parameter's name.</param>
/// <param name="parameter">The parameter; not owned.</param>
/// <param name="kinds">How many kinds of tensors are remembered.</param>
internal sealed class ParameterMemory(string name, Parameter parameter, int kinds) : IDisposable
{
    private readonly Tensor?[] _tensors = new Tensor?[kinds];

    public string Name => name;

    public Parameter Parameter => parameter;

    /// <summary>A tensor for each kind; null before the first step.</summary>
    public IReadOnlyList<Tensor?> Tensors => _tensors;

    /// <summary>The steps taken, by optimisers that count them.</summary>
    public long Steps { get; set; }

    /// <summary>The tensor of a kind; zeros, laid out as the parameter, where nothing is remembered yet.</summary>
    public Tensor this[int kind] => _tensors[kind] ??= zeros_like(parameter).DetachFromDisposeScope();

    /// <summary>Takes over the values of a tensor, or forgets.</summary>
    public void Load(int kind, Tensor? values)
    {
        _tensors[kind]?.Dispose();
        _tensors[kind] = null;
        if (values is not null)
            this[kind].copy_(values);
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors)
            tensor?.Dispose();
    }
}
