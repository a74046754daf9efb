// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The files that a command writes at its end.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work whether there will be a place for its result.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Try(string path, string option)
    {
        if (RegularFile.IsOther(path))
            return;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (Directory.Exists(path))
            throw new IOException($"{option} '{path}' is a folder. Name a file.");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{option} '{path}' cannot be written: there is no folder '{folder}'. Make it first.");
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            probe.WriteByte(0); // a full disk makes empty files
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option} '{path}' cannot be written: {Fault.SentenceOf(exception)}", exception);
        }
    }
}
