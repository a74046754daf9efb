// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>What <c>torch.save</c> wrote, open for reading: the pickle has been read, the storages are read tensor by tensor.</summary>
internal sealed class PyTorchFile : TensorFile
{
    private readonly PyTorchContainer _container;
    private readonly PyTorchFaults _faults;
    private readonly StateDict _weights;

    private PyTorchFile(PyTorchContainer container, string? key, PyTorchFaults faults)
    {
        (_container, _faults) = (container, faults);
        _weights = StateDict.Find(container.Root, key, faults);
        foreach (var (name, tensor) in _weights.Tensors)
            Check(name, tensor);
        Tensors = _weights.Tensors.ToDictionary(pair => pair.Key, pair => new TensorEntry(pair.Value.Shape, pair.Value.Type));
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    public override IReadOnlyDictionary<string, string> Metadata => _weights.Metadata;

    public override string Format => _weights.Path.Length == 0 ? $"{_container.Kind} of a state dict" : $"{_container.Kind} with the weights under '{_weights.Path}'";

    public override string Key => _weights.Path;

    public override IReadOnlyList<string> OtherKeys => _weights.OtherPaths;

    /// <summary>Reads the zip form, of PyTorch 1.6 and later, and takes the stream over.</summary>
    public static PyTorchFile OpenZip(FileStream stream, string source, string? key)
    {
        var faults = new PyTorchFaults(source);
        return new PyTorchFile(new PyTorchZip(stream, faults), key, faults);
    }

    /// <summary>Reads the form of PyTorch before 1.6, and takes the stream over.</summary>
    public static PyTorchFile OpenLegacy(FileStream stream, string source, string? key)
    {
        var faults = new PyTorchFaults(source);
        return new PyTorchFile(new PyTorchLegacy(stream, faults), key, faults);
    }

    public override Tensor Read(string name)
    {
        var tensor = _weights.Tensors[name];
        if (tensor.Shape.Contains(0))
            return empty(tensor.Shape, tensor.Type);

        try
        {
            return _container.Open(tensor.Storage).Read(tensor);
        }
        catch (EndOfStreamException e)
        {
            throw _faults.Damaged($"the storage of tensor '{Excerpt.Of(name)}' ends early", e);
        }
    }

    protected override void Dispose(bool disposing) => _container.Dispose();

    private void Check(string name, PyTorchTensor tensor)
    {
        if (tensor.FindFault() is { } fault)
            throw _faults.Damaged($"tensor '{Excerpt.Of(name)}' {fault}");
        long available = _container.FindLength(tensor.Storage);
        if (available < tensor.Storage.Bytes)
            throw _faults.Damaged($"the storage of tensor '{Excerpt.Of(name)}' has {available} of its {tensor.Storage.Bytes} bytes");
    }
}
