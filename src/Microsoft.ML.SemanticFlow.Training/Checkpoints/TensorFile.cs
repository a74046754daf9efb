// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A file of named tensors open for reading; tensors are read one at a time. Not thread-safe.</summary>
internal abstract class TensorFile : IDisposable
{
    private const int Sniffed = 9;
    private const byte PickleStart = 0x80;
    private const byte NewestPickle = 5;

    /// <summary>The tensors by their names in the file, with <c>module.</c> where the file has it.</summary>
    public abstract IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>What the file says beside its tensors, as text: the table of a safetensors file, the numbers and texts at the top of a PyTorch one (<c>epoch</c>, <c>mean_iu</c>).</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The kind of file, in words for a report.</summary>
    public abstract string Format { get; }

    /// <summary>Opens a file of any kind that is read, known by its content and not by its name. No storage is read yet.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is of no such kind, not whole, or holds what is not allowed.</exception>
    public static TensorFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Span<byte> start = stackalloc byte[Sniffed];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stream.Position = 0;
            return start switch
            {
                [_, _, _, _, _, _, _, _, (byte)'{'] => new SafeTensors(stream, path),
                [(byte)'P', (byte)'K', ..] => PyTorchFile.OpenZip(stream, path),
                [PickleStart, <= NewestPickle, ..] => PyTorchFile.OpenLegacy(stream, path),
                _ => throw new InvalidDataException(
                    $"{path} is no checkpoint: it begins neither like a file of PyTorch (.pth, .pt; a zip archive or the older form, of whatever name) nor like a safetensors file. Name a file that torch.save or safetensors wrote."),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

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
