// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Centroids on disk, so that a resumed run need not read every mask again.</summary>
internal static class CentroidFile
{
    private const string Format = "semanticflow-centroids-1";

    // Centroids: for each class, sample, row and column of one after the other.
    private sealed record Content(string Format, string Data, string Sha256, int[]?[] Centroids);

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What the centroids were made from; those of anything else are not read back.</param>
    /// <param name="centroids">The centroids.</param>
    public static void Write(string path, string data, ClassCentroids centroids) => AtomicFile.Write(path, ToBytes(data, centroids));

    /// <summary>What the file holds.</summary>
    public static byte[] ToBytes(string data, ClassCentroids centroids)
    {
        int[][] numbers = [.. Enumerable.Range(0, centroids.ClassCount).Select(classId => centroids[classId].SelectMany(Numbers).ToArray())];
        return JsonSerializer.SerializeToUtf8Bytes(new Content(Format, data, HashOf(numbers), numbers));
    }

    /// <summary>Reads the file; null where there is none, where it is damaged, and where it belongs to other data.</summary>
    public static ClassCentroids? TryRead(string path, string data) => RegularFile.HoldsBytes(path) ? TryParse(RegularFile.ReadAllBytes(path), data) : null;

    /// <summary>Reads what such a file holds; null where it is damaged, and where it belongs to other data.</summary>
    public static ClassCentroids? TryParse(byte[] bytes, string data)
    {
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(bytes);
        }
        catch (JsonException)
        {
            return null; // made anew from the masks, like one of other data
        }

        if (content is not { Format: Format, Centroids: { } read } || content.Data != data)
            return null;
        int[][] numbers = [.. read.OfType<int[]>()];
        if (content.Sha256 != HashOf(numbers) || numbers.Any(ofClass => ofClass.Length % 3 != 0))
            return null;
        return new ClassCentroids(numbers.Select(ofClass => ofClass.Chunk(3).Select(three => new PlannedCrop(three[0], new Centroid(three[1], three[2]))).ToArray()));
    }

    private static IEnumerable<int> Numbers(PlannedCrop crop) => crop is { Sample: var sample, Around: { } at } ? [sample, at.Y, at.X] : [];

    private static string HashOf(int[][] numbers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int[] ofClass in numbers)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([ofClass.Length]));
            hash.AppendData(MemoryMarshal.AsBytes<int>(ofClass));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
