// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The file beside, while another is written: its name, and what becomes of it when its process is killed.</summary>
/// <remarks>
/// The name tells machine and process, and is short whatever the file's own is. A leftover is one of this machine whose process has ended,
/// or of any machine a day later; and nobody may hold it, since processes of two containers can share a machine's name and a number.
/// </remarks>
internal static class PartialFile
{
    /// <summary>How the names end.</summary>
    public const string Ending = ".partial";

    private const string Beginning = "semanticflow-";
    private const int MostFolders = 1024;

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);
    private static readonly string _machine =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName))[..4]);

    // When a folder was last looked through: a million masks are not to cost a million listings.
    private static readonly ConcurrentDictionary<string, long> _looked = new();

    /// <summary>A name that nobody can foretell.</summary>
    public static string NewName()
    {
        string random = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return string.Create(CultureInfo.InvariantCulture, $"{Beginning}{_machine}-{Environment.ProcessId}-{random}{Ending}");
    }

    /// <summary>Makes the file, which must be new: a link planted under its name is not followed.</summary>
    public static FileStream Create(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);

    /// <summary>Deletes what ended processes left in a folder; at most once a minute for each folder.</summary>
    public static void RemoveLeftovers(string folder)
    {
        long now = Stopwatch.GetTimestamp();
        string full = Path.GetFullPath(folder);
        if (_looked.TryGetValue(full, out long then) && Stopwatch.GetElapsedTime(then, now) < _interval)
            return;
        if (_looked.Count >= MostFolders)
            _looked.Clear();
        _looked[full] = now;
        try
        {
            foreach (string path in Directory.EnumerateFiles(full, $"{Beginning}*{Ending}"))
            {
                if (IsLeftover(path))
                    DeleteUnheld(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tidying is a courtesy: a folder that may be written to but not listed is no reason to fail.
        }
    }

    private static bool IsLeftover(string path)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path)[Beginning.Length..].Split('-');
        if (parts.Length != 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            return false;
        return parts[0] == _machine ? !IsRunning(process) : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > TimeSpan.FromDays(1);
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Who writes it holds it, and then this fails; a link is deleted itself, not what it names.
    private static void DeleteUnheld(string path)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is null)
            {
                // To read too: a pipe planted there would wait for a reader.
                using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }

            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held, or somebody else's.
        }
    }
}
