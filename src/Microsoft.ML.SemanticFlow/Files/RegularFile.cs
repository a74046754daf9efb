// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Formats.Tar;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Opens files that hold bytes: a pipe of that name would be waited for without end, and a device read without end.</summary>
internal static class RegularFile
{
    private const char Unreadable = '\uFFFD'; // stands in names for bytes that are no UTF-8
    private const int TypeOfEntry = 156; // the byte of a header in an archive that tells the type

    /// <summary>Opens a file to read it from its beginning to its end.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="bufferSize">Bytes that are read ahead for who reads few at a time; 0 for who takes the file in large pieces.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or what a link leads to is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or may not be read.</exception>
    /// <exception cref="InvalidDataException">It is empty, or no file that holds bytes.</exception>
    public static FileStream OpenRead(string path, int bufferSize = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new UnauthorizedAccessException($"'{path}' is a folder, not a file. Name a file in it.");
        var end = EndOf(path);
        if (!end.Exists && path.Contains(Unreadable, StringComparison.Ordinal))
            throw new FileNotFoundException($"'{path}' has a name that is not UTF-8, by which it cannot be opened. Rename it.", path);
        if (end is { Exists: true, Length: 0 })
            throw new InvalidDataException($"'{Path.GetFileName(path)}' is empty, or is no file but a pipe or a device. Copy the file again.");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize, FileOptions.SequentialScan);
    }

    /// <summary>Reads a whole file.</summary>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAllBytes(string path)
    {
        using var file = OpenRead(path);
        if (file.Length > Array.MaxLength)
            throw new InvalidDataException($"'{Path.GetFileName(path)}' has {file.Length} bytes, more than can be read at once. Check the file.");
        var bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count == bytes.Length ? bytes : bytes[..count];
    }

    /// <summary>Whether there is a file with a byte in it at least, where it may as well be missing.</summary>
    /// <exception cref="FileNotFoundException">What a link leads to is gone.</exception>
    public static bool HoldsBytes(string path) => EndOf(path) is { Exists: true, Length: > 0 };

    /// <summary>Whether a path names a device, a pipe or a socket, or one of a process's open files: what is written goes into it, and no file takes its place.</summary>
    public static bool IsOther(string path)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(path))
            return false;
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            return file.DirectoryName == "/dev" || RealPath.Of(file.DirectoryName!).StartsWith("/proc/", StringComparison.Ordinal); // a file lies in a folder
        return file is { Exists: true, Length: 0 } && !IsRegular(path);
    }

    // Of what .NET says of a file, its entry in an archive alone tells its type, without opening a pipe.
    private static bool IsRegular(string path)
    {
        using var bytes = new MemoryStream();
        try
        {
            using var archive = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true);
            archive.WriteEntry(path, "file");
        }
        catch (IOException)
        {
            return false; // a socket, of which there are no entries
        }

        return bytes.GetBuffer()[TypeOfEntry] == (byte)TarEntryType.RegularFile;
    }

    // Where links lead. Pipes, sockets and devices have no length.
    private static FileInfo EndOf(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not { } target)
            return file;
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } end
            ? end
            : throw new FileNotFoundException($"'{path}' is a link to '{target}', which does not exist. Bring the file back, or remove the link.", path);
    }
}
