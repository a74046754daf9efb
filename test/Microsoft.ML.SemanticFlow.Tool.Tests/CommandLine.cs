// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What a command gave back.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    /// <summary>The one sentence of a failure: a single line, no stack, nothing on the output stream.</summary>
    public string Sentence
    {
        get
        {
            string line = Error.TrimEnd('\r', '\n');
            Assert.IsFalse(line.Contains('\n', StringComparison.Ordinal), $"More than one line: {Error}");
            Assert.IsFalse(Error.Contains("   at ", StringComparison.Ordinal), $"A stack: {Error}");
            Assert.AreEqual("", Output);
            return line;
        }
    }
}

internal static class CommandLine
{
    /// <summary>Runs a command in this process, as a script would see it: redirected, and fast enough that no line of progress is due, however busy the machine is.</summary>
    public static CommandResult Run(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = SemanticFlowCommand.Run(args, new Terminal(output, TextWriter.Synchronized(error), interactive: false) { LineInterval = TimeSpan.FromDays(1) }, cancellation);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    public static CommandResult Run(params string[] args) => Run(CancellationToken.None, args);
}
