// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A caller's stream, which takes a file and stays open.</summary>
internal static class OutputStream
{
    /// <summary>Refuses a stream that nothing can be written to, before any work is done for it.</summary>
    /// <exception cref="ArgumentException">It is closed, or for reading alone.</exception>
    public static void Check(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
            throw new ArgumentException("The stream is closed or for reading alone. Give one that can be written to.", nameof(stream));
    }

    /// <summary>The bytes that would be written to a stream.</summary>
    public static byte[] ToBytes(Action<Stream> write)
    {
        using var bytes = new MemoryStream();
        write(bytes);
        return bytes.ToArray();
    }
}
