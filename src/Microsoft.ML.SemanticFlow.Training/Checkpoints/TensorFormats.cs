// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints.Onnx;
using Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The kinds of files of tensors that are read.</summary>
internal static class TensorFormats
{
    private const int Sniffed = 9;
    private const byte PickleStart = 0x80;
    private const byte NewestPickle = 5;
    private const byte OnnxStart = 0x08;        // the field of the format's version, a small number
    private const byte NewestOnnx = 0x7F;

    /// <summary>Opens a file of any kind that is read, known by its content and not by its name. No storage is read yet.</summary>
    /// <remarks>Time and memory are in proportion to the file's length.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="key">The key of the tensors where a file has several sets; null, or one that it does not have, for the first.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is of no such kind, not whole, or holds what is not allowed.</exception>
    public static TensorFile Open(string path, string? key = null)
    {
        var stream = RegularFile.OpenRead(path, TensorFile.ReadAhead);
        try
        {
            Span<byte> start = stackalloc byte[Sniffed];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stream.Position = 0;
            return start switch
            {
                [_, _, _, _, _, _, _, _, (byte)'{'] => new SafeTensors(stream, path),
                [(byte)'P', (byte)'K', ..] => PyTorchFile.OpenZip(stream, path, key),
                [PickleStart, <= NewestPickle, ..] => PyTorchFile.OpenLegacy(stream, path, key),
                [OnnxStart, <= NewestOnnx, ..] => new OnnxWeights(stream, path),
                _ => throw new InvalidDataException(
                    $"{path} is no checkpoint: it begins neither like a file of PyTorch (.pth, .pt; a zip archive or the older form, of whatever name) " +
                    "nor like a safetensors or an ONNX file. Name a file that torch.save or safetensors wrote."),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
