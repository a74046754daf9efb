// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The tensors of a file beside those of a network that they are for.</summary>
internal sealed class WeightMatch
{
    private const string BatchCount = "num_batches_tracked";
    private const string AnyBlock = "#";

    private readonly TensorFile _file;
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<string, Slot> _byName = [];
    private readonly List<string> _others = [];
    private HashSet<string>? _modules;      // made for the first name that has no place

    /// <summary>One tensor of the network, its names there and the names in the file that are for it.</summary>
    private sealed class Slot(Tensor weight)
    {
        public Tensor Weight => weight;

        public List<string> Names { get; } = [];

        public List<string> Sources { get; } = [];

        /// <summary>Whether the first source has been found fit to be copied.</summary>
        public bool Fits { get; set; }
    }

    private WeightMatch(TensorFile file) => _file = file;

    /// <summary>Whether no tensor of the file is for the network.</summary>
    public bool IsEmpty => _slots.All(slot => slot.Sources.Count == 0);

    /// <summary>Finds what is for what.</summary>
    /// <param name="file">The file.</param>
    /// <param name="weights">The tensors that are needed; the same one may have several names.</param>
    /// <param name="place">From a name in the file, without the prefixes of wrappers, to a name in the network; null for what is of no interest.</param>
    public static WeightMatch Of(TensorFile file, IEnumerable<KeyValuePair<string, Tensor>> weights, Func<string, string?> place)
    {
        var match = new WeightMatch(file);
        var byAddress = new Dictionary<nint, Slot>();
        foreach (var (name, weight) in weights)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(byAddress, AddressOf(weight), out bool exists);
            if (!exists)
                match._slots.Add(slot = new Slot(weight));
            slot!.Names.Add(name); // made above where it did not exist
            match._byName.Add(name, slot);
        }

        foreach (string name in file.Tensors.Keys)
        {
            if (place(WeightNames.Strip(name)) is not { } target)
                continue;
            if (match._byName.TryGetValue(target, out var slot))
                slot.Sources.Add(name);
            else
                match._others.Add(name);
        }

        return match;
    }

    /// <summary>Compares shapes, types and values, and says what holds. No values stay in memory.</summary>
    /// <param name="mayDiffer">Which of the network's tensors may have another shape; they keep their values.</param>
    /// <param name="isSurplus">Which of the file's tensors that have no place make it a file of another network, by their names without the prefixes of wrappers.</param>
    /// <param name="isOther">Which of the network's tensors keep their values although the file's have the same shape; null for none.</param>
    /// <param name="cancellation">Ends the pass over the file.</param>
    public WeightReport Check(Func<string, bool> mayDiffer, Func<string, bool> isSurplus, Func<string, bool>? isOther = null, CancellationToken cancellation = default)
    {
        List<string> loaded = [], missing = [];
        List<WeightShapeMismatch> misShaped = [], untrained = [];
        Dictionary<string, string> unusable = [];
        foreach (var slot in _slots)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = slot.Names[0];
            if (slot.Sources.Count == 0)
            {
                if (!name.EndsWith(BatchCount, StringComparison.Ordinal))
                    missing.Add(name);
            }
            else if (slot.Sources.FirstOrDefault(source => !_file.Tensors[source].Shape.SequenceEqual(slot.Weight.shape)) is { } other)
            {
                (mayDiffer(name) ? untrained : misShaped).Add(new WeightShapeMismatch(name, slot.Weight.shape, _file.Tensors[other].Shape));
            }
            else if (isOther?.Invoke(name) == true)
            {
                untrained.Add(new WeightShapeMismatch(name, slot.Weight.shape, slot.Weight.shape));
            }
            else if (FaultOf(slot) is { } reason)
            {
                unusable.Add(name, reason);
            }
            else
            {
                slot.Fits = true;
                loaded.Add(name);
            }
        }

        return new WeightReport
        {
            Key = _file.Key,
            OtherKeys = _file.OtherKeys,
            Loaded = loaded,
            Missing = missing,
            MisShaped = misShaped,
            Untrained = untrained,
            Unusable = unusable,
            Surplus = [.. _others.Where(name => isSurplus(WeightNames.Strip(name)))],
            Unexpected = [.. _others.Where(name => !isSurplus(WeightNames.Strip(name)))],
        };
    }

    /// <summary>Whether a tensor is of a block that would come after the last of a row of the network's: <c>layer3.6</c> where <c>layer3.5</c> is the last.</summary>
    public bool IsLaterBlock(string name)
    {
        var modules = _modules ??= ModulesOf(_byName.Keys);
        for (int end = name.IndexOf('.', StringComparison.Ordinal); end >= 0; end = name.IndexOf('.', end + 1))
        {
            int start = name.LastIndexOf('.', end - 1) + 1;
            if (start > 0 && int.TryParse(name.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && modules.Contains(name[..start] + AnyBlock) && !modules.Contains(name[..(end + 1)]))
                return true;
        }

        return false;
    }

    // All that a name can begin with up to a point, and for a row of blocks that it is one.
    private static HashSet<string> ModulesOf(IEnumerable<string> names)
    {
        var modules = new HashSet<string>();
        foreach (string name in names)
        {
            for (int end = name.IndexOf('.', StringComparison.Ordinal); end >= 0; end = name.IndexOf('.', end + 1))
            {
                modules.Add(name[..(end + 1)]);
                if (char.IsAsciiDigit(name[end + 1]))
                    modules.Add(name[..(end + 1)] + AnyBlock);
            }
        }

        return modules;
    }

    /// <summary>Reads what <see cref="Check"/> found fit into the network: again, so that the file is never in memory beside it.</summary>
    /// <param name="arrange">Brings what was read for a tensor of the network into the network's order; null where it is.</param>
    public void Copy(Func<string, Tensor, Tensor>? arrange = null)
    {
        using var _ = no_grad();
        foreach (var slot in _slots.Where(slot => slot.Fits))
        {
            using var scope = NewDisposeScope();
            var values = _file.Read(slot.Sources[0]);
            slot.Weight.copy_(arrange?.Invoke(slot.Names[0], values) ?? values);
        }
    }

    // What is wrong with the values; null when nothing is.
    private string? FaultOf(Slot slot)
    {
        using var scope = NewDisposeScope();
        Tensor? first = null;
        foreach (string source in slot.Sources)
        {
            if (slot.Weight.is_floating_point() && !IsFloatingPoint(_file.Tensors[source].Type))
                return $"{_file.Tensors[source].Type}, not floating point";
            var values = _file.Read(source).to(slot.Weight.dtype);
            if (slot.Weight.is_floating_point() && !values.isfinite().all().item<bool>())
                return "values that are not finite";
            if (first is not null && !first.Equals(values))
                return $"other values as '{source}' than as '{slot.Sources[0]}'";
            first ??= values;
        }

        return null;
    }

    private static bool IsFloatingPoint(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    private static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
