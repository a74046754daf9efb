// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Text;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Files;

[TestClass]
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Write_NewAndEarlierFile_LeavesItAlone()
    {
        AtomicFile.Write(_folder["a.txt"], "one"u8.ToArray());
        AtomicFile.Write(_folder["a.txt"], stream => stream.Write("two"u8), backup: _folder["b.txt"]);

        Assert.AreEqual("two", File.ReadAllText(_folder["a.txt"]));
        Assert.AreEqual("one", File.ReadAllText(_folder["b.txt"]));
        Assert.HasCount(2, Directory.GetFileSystemEntries(_folder.Root));
    }

    [TestMethod]
    public void Write_FullDisk_LeavesNothingAndTheEarlierFile()
    {
        File.WriteAllText(_folder["a.txt"], "earlier");

        // What a full disk does: some bytes go through, then none.
        Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(_folder["a.txt"], stream =>
        {
            stream.Write(new byte[1 << 17]);
            throw new IOException("No space left on device");
        }));

        Assert.AreEqual("earlier", File.ReadAllText(_folder["a.txt"]));
        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder.Root));
    }

    // As root, a file would take the place of /dev/null for everybody.
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Write_Pipe_GoesIntoIt()
    {
        NamedPipe.Make(_folder["pipe"]);
        var reading = Task.Run(() => File.ReadAllText(_folder["pipe"]));

        AtomicFile.Write(_folder["pipe"], "text"u8.ToArray());

        Assert.IsTrue(reading.Wait(TimeSpan.FromSeconds(30)));
        Assert.AreEqual("text", reading.Result);
        Assert.IsTrue(RegularFile.IsOther(_folder["pipe"]));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void IsOther_DevicesAndOpenFiles_AreToldFromFilesAndLinks()
    {
        File.WriteAllBytes(_folder["empty"], []);
        File.WriteAllText(_folder["full"], "text");
        File.CreateSymbolicLink(_folder["link"], "/dev/null");

        string[] others = ["/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
        string[] files = [_folder["empty"], _folder["full"], _folder["link"], _folder["none"], _folder.Root, "/dev/shm/none", "/dev"];

        CollectionAssert.AreEqual(others, others.Where(RegularFile.IsOther).ToArray());
        CollectionAssert.AreEqual(Array.Empty<string>(), files.Where(RegularFile.IsOther).ToArray());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Write_FileSystemOf64Kilobytes_LeavesNothing()
    {
        using var mount = Mount.Tmpfs(_folder["small"], "64k");

        Assert.Throws<IOException>(() => AtomicFile.Write(_folder["small", "a.bin"], new byte[1 << 20]));

        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder["small"]));
    }

    [TestMethod]
    public void Write_NameAsLongAsTheDiskTakes_IsWritten()
    {
        string path = _folder[new string('a', 251) + ".png"];

        AtomicFile.Write(path, "content"u8.ToArray());

        Assert.AreEqual("content", File.ReadAllText(path));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Write_NameLongerThanTheDiskTakes_LeavesNothing()
    {
        Assert.ThrowsExactly<PathTooLongException>(() => AtomicFile.Write(_folder[new string('a', 252) + ".png"], "content"u8.ToArray()));

        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder.Root));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Create_PlantedLink_IsNotFollowed()
    {
        string victim = _folder["victim.txt"], planted = _folder[PartialFile.NewName()];
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(planted, victim);

        Assert.Throws<IOException>(() => PartialFile.Create(planted));

        Assert.AreEqual("precious", File.ReadAllText(victim));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Write_LinkOfItsName_IsReplacedAndItsTargetKept()
    {
        File.WriteAllText(_folder["victim.txt"], "precious");
        File.CreateSymbolicLink(_folder["a.txt"], _folder["victim.txt"]);

        AtomicFile.Write(_folder["a.txt"], "new"u8.ToArray());

        Assert.AreEqual("precious", File.ReadAllText(_folder["victim.txt"]));
        Assert.IsNull(new FileInfo(_folder["a.txt"]).LinkTarget);
    }

    [TestMethod]
    public void Write_FileOfAnEndedProcess_IsRemoved()
    {
        string leftover = _folder[NameOf(EndedProcess())], foreign = _folder["theirs.partial"], running = _folder[PartialFile.NewName()];
        foreach (string path in (string[])[leftover, foreign, running])
            File.WriteAllText(path, "half");

        AtomicFile.Write(_folder["a.txt"], "whole"u8.ToArray());

        Assert.IsFalse(File.Exists(leftover));
        Assert.IsTrue(File.Exists(foreign));    // not ours
        Assert.IsTrue(File.Exists(running));    // of this process, which runs
    }

    [TestMethod]
    public void Write_FileThatSomebodyHolds_IsLeft()
    {
        // As a process of another container does, whose number is none here.
        string held = _folder[NameOf(EndedProcess())];
        using (PartialFile.Create(held))
        {
            AtomicFile.Write(_folder["a.txt"], "whole"u8.ToArray());

            Assert.IsTrue(File.Exists(held));
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Write_LinkNamedAsALeftover_IsRemovedAndItsTargetKept()
    {
        File.WriteAllText(_folder["victim.txt"], "precious");
        string planted = _folder[NameOf(EndedProcess())];
        File.CreateSymbolicLink(planted, _folder["victim.txt"]);

        AtomicFile.Write(_folder["a.txt"], "whole"u8.ToArray());

        Assert.AreEqual("precious", File.ReadAllText(_folder["victim.txt"]));
        Assert.IsNull(new FileInfo(planted).LinkTarget);
    }

    [TestMethod]
    public void NewName_OfThisProcess_IsShortAndNeverTheSame()
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(_ => PartialFile.NewName())];

        Assert.HasCount(100, names.Distinct().ToArray());
        Assert.IsTrue(names.All(name => Encoding.UTF8.GetByteCount(name) < 80));
    }

    private static string NameOf(int process) => PartialFile.NewName().Replace($"-{Environment.ProcessId}-", $"-{process}-", StringComparison.Ordinal);

    private static int EndedProcess()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!; // started by its name
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.Id;
    }
}
