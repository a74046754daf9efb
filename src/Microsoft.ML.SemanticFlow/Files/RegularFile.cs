// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Opens files that hold bytes: a pipe of that name would be waited for without end, and a device read without end.</summary>
internal static class RegularFile
{
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
        if (EndOf(path) is { Exists: true, Length: 0 })
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
