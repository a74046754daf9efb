// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>Moves the bytes of contiguous tensors between memory and streams, also past the 2 GB that a span can hold.</summary>
internal static class TensorBytes
{
    private const long ElementsAtOnce = 1 << 26;

    /// <summary>Fills a contiguous tensor from a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream ends early.</exception>
    public static void Fill(Tensor tensor, Stream stream)
    {
        foreach (var part in Parts(tensor))
        {
            stream.ReadExactly(part.bytes);
            part.Dispose();
        }
    }

    /// <summary>Writes a contiguous tensor to a stream.</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        foreach (var part in Parts(tensor))
        {
            stream.Write(part.bytes);
            part.Dispose();
        }
    }

    private static IEnumerable<Tensor> Parts(Tensor tensor)
    {
        using var flat = tensor.view(-1);
        for (long start = 0; start < flat.numel(); start += ElementsAtOnce)
            yield return flat.narrow(0, start, Math.Min(ElementsAtOnce, flat.numel() - start));
    }
}
