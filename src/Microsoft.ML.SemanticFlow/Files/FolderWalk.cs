// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The files below a folder: each real folder once, however many links lead to it.</summary>
/// <remarks>Folders that other programs hide are passed over, and those that <see cref="OutputMark"/> marks as output.</remarks>
internal sealed class FolderWalk
{
    private const string AlreadyRead = "a link to a folder that is read already";
    private const string Around = "a link to a folder around this one";
    private const string Hidden = "a hidden folder";
    private const string Output = "a folder of masks that were written here";

    private static readonly string[] _hidden = ["@eaDir", "__MACOSX"];
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _root;
    private readonly string _realRoot;
    private readonly string[] _output;
    private readonly Action<string, string> _leaveOut;
    private readonly Action<string, Exception> _fail;
    private readonly List<string> _files = [];
    private readonly HashSet<string> _read = new(StringComparer.FromComparison(RealPath.Comparison));
    private readonly SortedSet<string> _links = new(StringComparer.Ordinal);

    private FolderWalk(string root, IEnumerable<string> output, Action<string, string> leaveOut, Action<string, Exception> fail)
    {
        (_root, _realRoot, _leaveOut, _fail) = (root, RealPath.Of(root), leaveOut, fail);
        _output = [.. output.Select(RealPath.Of)];
    }

    /// <summary>Lists the files by their paths below the folder, with slashes, in ordinal order.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="output">Folders that are about to be written to: not read where they lie below it.</param>
    /// <param name="leaveOut">Told of every folder that is passed over, and why, in a few words.</param>
    /// <param name="fail">Told of every folder that cannot be read.</param>
    public static IReadOnlyList<string> List(
        string root, IEnumerable<string> output, Action<string, string> leaveOut, Action<string, Exception> fail)
    {
        var walk = new FolderWalk(root, output, leaveOut, fail);
        walk.Run();
        walk._files.Sort(StringComparer.Ordinal);
        return walk._files;
    }

    // Real folders first, so that a file is found under its own name and not under a link's.
    private void Run()
    {
        Read("", _realRoot);
        while (_links.Min is { } link)
        {
            _links.Remove(link);
            try
            {
                Follow(link);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _fail(Absolute(link), e);
            }
        }
    }

    private void Follow(string link)
    {
        string real = RealPath.Of(Absolute(link));
        if (RealPath.IsWithin(_realRoot, real) && !real.Equals(_realRoot, RealPath.Comparison))
            _leaveOut(Absolute(link), Around);
        else if (!Read(link, real))
            _leaveOut(Absolute(link), AlreadyRead);
    }

    // False where it was read before.
    private bool Read(string relative, string real)
    {
        if (!_read.Add(real))
            return false;
        var folders = new Stack<(string Relative, string Real)>();
        for (folders.Push((relative, real)); folders.TryPop(out var next);)
        {
            FileSystemInfo[] entries;
            try
            {
                entries = new DirectoryInfo(Absolute(next.Relative)).GetFileSystemInfos("*", _everything);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _fail(Absolute(next.Relative), e);
                continue;
            }

            bool isOutput = entries.Any(entry => entry.Name == OutputMark.Name) || _output.Contains(next.Real, _read.Comparer);
            if (isOutput && next.Relative.Length > 0)
            {
                _leaveOut(Absolute(next.Relative), Output);
                continue;
            }

            foreach (var entry in entries)
                Sort(entry, next.Relative.Length == 0 ? entry.Name : $"{next.Relative}/{entry.Name}", next.Real, folders);
        }

        return true;
    }

    private void Sort(FileSystemInfo entry, string relative, string realFolder, Stack<(string Relative, string Real)> folders)
    {
        if (entry is not DirectoryInfo)
        {
            _files.Add(relative);
            return;
        }

        string real = Path.Combine(realFolder, entry.Name);
        if (entry.Name.StartsWith('.') || _hidden.Contains(entry.Name))
            _leaveOut(entry.FullName, Hidden);
        else if (entry.LinkTarget is not null)
            _links.Add(relative);
        else if (_read.Add(real))
            folders.Push((relative, real));
    }

    private string Absolute(string relative) => relative.Length == 0 ? _root : Path.Combine(_root, relative);
}
