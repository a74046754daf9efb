// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Files that appear whole or not at all: written beside, flushed to the disk, renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; on any failure an earlier file of that name stays as it was.</summary>
    /// <param name="path">The file. A link of that name is replaced, not followed. A device or a pipe is written to.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="backup">The name under which an earlier file is kept; null to replace it.</param>
    /// <param name="survivesPowerLoss">Whether to wait until the disk has it, some 10 ms. Killing the process harms the file in neither case.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="PathTooLongException">The disk takes no name of that length; nothing was written.</exception>
    public static void Write(string path, Action<Stream> write, string? backup = null, bool survivesPowerLoss = true)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}' for the file '{Path.GetFileName(path)}'. Make it first.");

        if (RegularFile.IsOther(path))
        {
            using var other = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            write(other);
            return;
        }

        PartialFile.RemoveLeftovers(folder);
        string beside = Path.Combine(folder, PartialFile.NewName());
        try
        {
            // Held until it has its name: what nobody holds is taken for the leftover of a process that ended.
            using var stream = PartialFile.Create(beside);
            write(stream);
            stream.Flush(survivesPowerLoss);
            if (backup is not null && File.Exists(path))
                File.Replace(beside, path, backup); // there is a file of that name at any moment
            else
                File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    public static void Write(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));
}
