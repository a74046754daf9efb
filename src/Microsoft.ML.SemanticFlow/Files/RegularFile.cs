// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Opens files that hold bytes: a pipe of that name would be waited for without end, and a device read without end.</summary>
internal static class RegularFile
{
    /// <summary>Opens a file to read it from its beginning to its end.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or what a link leads to is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or may not be read.</exception>
    /// <exception cref="InvalidDataException">It is empty, or no file that holds bytes.</exception>
    public static FileStream OpenRead(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new UnauthorizedAccessException($"'{path}' is a folder, not a file. Name a file in it.");
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            if (file.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo { Exists: true } end)
                throw new FileNotFoundException(
                    $"'{path}' is a link to '{target}', which does not exist. Bring the file back, " +
                    "or remove the link.", path);
            file = end;
        }

        // Pipes, sockets and devices have no length.
        if (file is { Exists: true, Length: 0 })
            throw new InvalidDataException(
                $"'{Path.GetFileName(path)}' is empty, or is no file but a pipe or a device. " +
                "Copy the file again.");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
    }
}
