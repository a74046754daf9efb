// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>What to say of a file or folder that the system refuses, in place of the system's own words: what is wrong, where, and what to do.</summary>
internal static partial class SystemFault
{
    // The codes of an IOException: those of Unix, and HRESULTs of Windows.
    private const int FileExists = 17, WindowsFileExists = unchecked((int)0x80070050), WindowsAlreadyExists = unchecked((int)0x800700B7);
    private const int TooManyOpen = 24;
    private const int NoSpace = 28, LinuxQuota = 122, MacQuota = 69, WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int ReadOnly = 30, WindowsWriteProtect = unchecked((int)0x80070013);
    private const int LinuxWouldBlock = 11, MacWouldBlock = 35, WindowsSharing = unchecked((int)0x80070020);

    /// <summary>The sentence.</summary>
    /// <returns>Null for what is no refusal of the system's, or names no file.</returns>
    public static string? Sentence(Exception exception)
    {
        if (Quoted().Match(exception.Message) is not { Success: true } quoted)
            return null;
        string path = quoted.Groups[1].Value, place = IsInner(Path.GetFileName(path)) ? Path.GetDirectoryName(path)! : path; // inner files lie in a folder
        return exception switch
        {
            PathTooLongException => $"'{path}' has a longer name than disks take. Choose a shorter one.",
            UnauthorizedAccessException when exception.Message.StartsWith("Access to the path ", StringComparison.Ordinal) => Directory.Exists(path) && place == path
                ? $"'{path}' is a folder that this user may not use so. Change its permissions, or name another."
                : $"This user may not use '{place}'. Change its permissions, or name another place.",
            DirectoryNotFoundException when FileAbove(path) is { } file => $"'{file}' is a file, and '{path}' would lie in it. Name a folder.",
            IOException { HResult: FileExists or WindowsFileExists or WindowsAlreadyExists } when File.Exists(path) => $"'{path}' is a file, and a folder is needed. Name another.",
            IOException { HResult: NoSpace or LinuxQuota or MacQuota or WindowsDiskFull or WindowsHandleDiskFull } =>
                $"The disk of '{place}' is full. Make room, or name a place elsewhere.",
            IOException { HResult: ReadOnly or WindowsWriteProtect } => $"The disk of '{place}' is read-only. Name a place elsewhere.",
            IOException { HResult: LinuxWouldBlock or MacWouldBlock or WindowsSharing } => $"Another process works on '{place}'. Let it end first.",
            IOException { HResult: TooManyOpen } => $"'{place}' cannot be opened: more files are open than the system allows. Raise the limit, with 'ulimit -n', or take fewer --workers.",
            _ => null,
        };
    }

    // A name that nobody gave: of a file beside another, or of a trial.
    private static bool IsInner(string name) => name.EndsWith(PartialFile.Ending, StringComparison.Ordinal) || Trial().IsMatch(name);

    private static string? FileAbove(string path)
    {
        for (string? above = Path.GetDirectoryName(path); above is { Length: > 0 }; above = Path.GetDirectoryName(above))
        {
            if (Path.Exists(above))
                return Directory.Exists(above) ? null : above;
        }

        return null;
    }

    [GeneratedRegex("'(.+)'", RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex("^\\.[0-9a-f]{32}$")]
    private static partial Regex Trial();
}
