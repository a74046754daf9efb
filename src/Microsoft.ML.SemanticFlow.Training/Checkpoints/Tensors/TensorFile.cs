// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A file of named tensors open for reading; tensors are read one at a time. Not thread-safe.</summary>
internal abstract class TensorFile : IDisposable
{
    /// <summary>Bytes of a file that are read at a time at least: headers and pickles are read in small pieces.</summary>
    public const int ReadAhead = 4096;

    /// <summary>Characters of a tensor's name at most; those of the networks have up to 70.</summary>
    public const int LongestName = 500;

    /// <summary>Sizes of a tensor at most, which is PyTorch's limit.</summary>
    public const int MostDimensions = 64;

    /// <summary>The tensors by their names in the file, with <c>module.</c> where the file has it.</summary>
    public abstract IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>
    /// What the file says beside its tensors, as text: the table of a safetensors file, the numbers and texts at the top of a PyTorch one (<c>epoch</c>, <c>mean_iu</c>).
    /// </summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The kind of file, in words for a report.</summary>
    public abstract string Format { get; }

    /// <summary>The keys that lead to the tensors in the file, with points between; empty where they lie at its top.</summary>
    public virtual string Key => "";

    /// <summary>The keys of further sets of tensors that could have been taken.</summary>
    public virtual IReadOnlyList<string> OtherKeys => [];

    /// <summary>Reads one tensor: on the processor, contiguous, in memory of its own, of the file's type.</summary>
    /// <exception cref="KeyNotFoundException">The file has no tensor of that name.</exception>
    /// <exception cref="InvalidDataException">Its bytes are damaged.</exception>
    public abstract Tensor Read(string name);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
