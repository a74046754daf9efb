// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Marks a folder as one of results, so that it is not read as images when a folder around it is.</summary>
internal static class OutputMark
{
    public const string Name = ".semanticflow-output";

    /// <summary>Whether a folder is missing, empty or marked: nothing but results lies in it.</summary>
    public static bool IsOwn(string folder) =>
        !Directory.Exists(folder) || File.Exists(Path.Combine(folder, Name)) || !Directory.EnumerateFileSystemEntries(folder).Any();

    /// <summary>Makes a folder for results, and marks it where nothing else lies in it.</summary>
    public static void Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            byte[] text = "Results of semanticflow. Folders with this file are not read as images.\n"u8.ToArray();
            AtomicFile.Write(Path.Combine(folder, Name), text);
        }
    }
}
