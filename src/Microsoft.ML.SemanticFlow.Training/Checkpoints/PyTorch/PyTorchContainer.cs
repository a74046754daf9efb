// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>A form in which <c>torch.save</c> keeps one pickle and the storages that it refers to.</summary>
internal abstract class PyTorchContainer : IDisposable
{
    /// <summary>The form, in words.</summary>
    public abstract string Kind { get; }

    /// <summary>What the pickle was read into.</summary>
    public abstract object? Root { get; }

    /// <summary>Bytes that the file has of a storage; 0 when it has no such storage.</summary>
    public abstract long FindLength(PyTorchStorage storage);

    /// <summary>Gives access to a storage that is there.</summary>
    public abstract StridedReader Open(PyTorchStorage storage);

    public abstract void Dispose();
}
