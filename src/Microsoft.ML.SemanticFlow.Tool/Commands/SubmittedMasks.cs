// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The masks of a submission, in a folder or packed into a zip file.</summary>
internal sealed class SubmittedMasks : IDisposable
{
    private readonly string _folder;
    private readonly ZipArchive? _zip;

    private SubmittedMasks(string folder, ZipArchive? zip, IEnumerable<string> names) =>
        (_folder, _zip, Names) = (folder, zip, [.. names.Where(name => name.EndsWith(".png", StringComparison.OrdinalIgnoreCase))]);

    /// <summary>The PNG files in it, by their paths below it. In a zip file one name may stand twice.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <exception cref="IOException">It does not exist, or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is no zip file.</exception>
    public static SubmittedMasks Open(string path)
    {
        if (Directory.Exists(path))
            return new SubmittedMasks(path, zip: null, FolderWalk.List(path, [], (_, _) => { }, (folder, fault) => throw new UnauthorizedAccessException(
                $"Folder '{folder}' cannot be read: {fault.Message}", fault)));
        if (!File.Exists(path))
            throw new DirectoryNotFoundException($"--check '{path}' does not exist. Name a folder of masks, or a zip file of them.");
        var stream = RegularFile.OpenRead(path, bufferSize: 4096);
        try
        {
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return new SubmittedMasks(path, zip, zip.Entries.Select(entry => entry.FullName));
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw new InvalidDataException($"--check '{path}' is no zip file: {e.Message} Name a folder of masks, or a zip file of them.", e);
        }
    }

    /// <summary>Reads a file; several threads may.</summary>
    /// <exception cref="InvalidDataException">It is larger than any mask.</exception>
    public byte[] Read(string name)
    {
        if (_zip is null)
            return RegularFile.ReadAllBytes(Path.Combine(_folder, name));
        lock (_zip)
        {
            using var entry = _zip.GetEntry(name)!.Open(); // a name of its own list
            var bytes = new MemoryStream();
            byte[] part = new byte[1 << 16];
            for (int read; (read = entry.Read(part)) > 0; bytes.Write(part, 0, read))
            {
                // A packed file can be far larger than the zip file says.
                if (bytes.Length > MostBytes)
                    throw new InvalidDataException($"it has more than {MostBytes} bytes. No mask is that large.");
            }

            return bytes.ToArray();
        }
    }

    public void Dispose() => _zip?.Dispose();

    private static long MostBytes => ImageLimits.MaxPixels + (1L << 20);
}
