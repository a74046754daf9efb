// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary><c>@words.txt</c>: words of the command line from a file.</summary>
[TestClass]
public sealed class ResponseFileTests
{
    [TestMethod]
    [DataRow("networks sfnet-dfv1\n--classes 7\n")]
    [DataRow("\uFEFFnetworks\r\n# a note\r\n\r\n\"sfnet-dfv1\" --classes\r\n7")]
    public void Run_FileOfWords_IsTheCommandLine(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["words.txt"], text);

        var result = CommandLine.Run($"@{folder["words.txt"]}");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.AreEqual(CommandLine.Run("networks", "sfnet-dfv1", "--classes", "7").Output, result.Output);
    }

    // Each was a process that crashed, or had no end.
    [TestMethod]
    [DataRow("a.txt", "a.txt", "or names itself")]
    [DataRow("a.txt", "b.txt", "or names itself")]
    [DataRow("a.txt", "none.txt", "There is no file")]
    public void Run_FileOfWordsThatLeadsNowhere_IsUsage(string file, string next, string sentence)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[file], $"networks @{folder[next]}");
        File.WriteAllText(folder["b.txt"], $"@{folder[file]}");

        var result = CommandLine.Run($"@{folder[file]}");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, sentence);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Run_PipeOfWords_IsNotWaitedFor()
    {
        using var folder = new TemporaryFolder();
        NamedPipe.Make(folder["pipe"]);

        var result = CommandLine.Run("networks", $"@{folder["pipe"]}");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "is no file but a pipe");
    }
}
