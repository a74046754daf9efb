// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The tool as a process of its own, redirected as in a script.</summary>
[TestClass]
public sealed class ProcessTests
{
    [TestMethod]
    public void Process_WrongOption_ExitsOneWithOneLineOnTheErrorStream()
    {
        var (code, output, error) = Start("train", "--bogus");

        Assert.AreEqual(ExitCode.Usage, code);
        Assert.AreEqual("", output);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length, error);
    }

    [TestMethod]
    public void Process_Evaluate_WritesTheTableWithoutEscapeSequences()
    {
        using var data = new TinyDataset();

        var (code, output, error) = Start("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map);

        Assert.AreEqual(ExitCode.Done, code, error);
        StringAssert.Contains(output, "left");
        Assert.IsFalse((output + error).Contains('\u001b', StringComparison.Ordinal));
    }

    // A shell closes streams, or gives ones that take nothing.
    [TestMethod]
    [DataRow("2>&-", true, ExitCode.Done)]
    [DataRow("2>&-", false, ExitCode.BadInput)]
    [DataRow("2>/dev/full", true, ExitCode.Done)]
    [DataRow("2>/dev/full", false, ExitCode.BadInput)]
    [DataRow(">/dev/full", true, ExitCode.BadInput)]
    [DataRow(">&-", true, ExitCode.BadInput)]
    [DataRow("| true", true, ExitCode.Done)]
    public void Process_StreamThatTakesNothing_EndsWithACode(string redirection, bool isGood, int expected)
    {
        if (!File.Exists("/dev/full"))
            Assert.Inconclusive("This system has no /dev/full.");
        using var data = new TinyDataset();
        string labels = isGood ? data.Masks : data.At("nowhere");
        string tool = string.Join(' ', ToolProcess.Command("evaluate", "--predictions", data.Masks, "--labels", labels, "--map", TinyDataset.Map).Select(word => $"'{word}'"));

        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"{tool} {redirection}; exit ${{PIPESTATUS[0]}}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // a new process
        var error = shell.StandardError.ReadToEndAsync();
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();

        Assert.AreEqual(expected, shell.ExitCode, error.Result);
        Assert.IsFalse(error.Result.Contains("   at ", StringComparison.Ordinal), error.Result);
        if (redirection.StartsWith('>'))
            StringAssert.Contains(error.Result, "Standard output cannot be written: ");
        if (redirection.StartsWith("2>", StringComparison.Ordinal))
            Assert.AreEqual(isGood, output.Contains("left", StringComparison.Ordinal), output);
    }

    private static (int Code, string Output, string Error) Start(params string[] args)
    {
        using var process = ToolProcess.Start(args);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
