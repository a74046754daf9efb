// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Files inside of JSON.</summary>
internal static class EncodedBytes
{
    public static byte[] OfBase64(Json text) => text.Is(JsonValueKind.String) && text.Element.TryGetBytesFromBase64(out byte[]? bytes)
        ? bytes
        : throw text.Fault("", "is no base64");

    /// <summary>Unpacks zlib data; null where it is none.</summary>
    public static byte[]? Inflate(byte[] bytes)
    {
        if (bytes is not [0x78, _, ..])
            return null;
        try
        {
            using var inflate = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            inflate.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }
}
