// Licensed under the MIT License.
// See LICENSE in the project root for license information.

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

    private static (int Code, string Output, string Error) Start(params string[] args)
    {
        using var process = ToolProcess.Start(args);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
