// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The completed command line of the first of several processes that train together, which the others follow.</summary>
/// <param name="Line">The command line: what was typed, what a resumed run was started with, and the recipe that was chosen.</param>
/// <param name="Reasons">Why the recipe is what it is.</param>
internal sealed record SharedCommandLine(ParseResult Line, IReadOnlyList<string> Reasons)
{
    private sealed record Content(IReadOnlyList<string> Words, IReadOnlyList<string> Reasons);

    /// <summary>Waits until the first process has read the data and chosen: what is wrong with them, it alone says.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <returns>Null in the first process, and in one that trains alone.</returns>
    public static SharedCommandLine? Receive(ParseResult parsed)
    {
        DataParallel.Share(() => ""); // all have joined: from here on one that fails ends the others
        if (DataParallel.Rank == 0)
            return null;
        var content = JsonSerializer.Deserialize<Content>(DataParallel.Share(() => ""))!; // Send made it
        return new SharedCommandLine(parsed.RootCommandResult.Command.Parse(content.Words), content.Reasons);
    }

    /// <summary>Lets the other processes go on; does nothing in one of these.</summary>
    public void Send()
    {
        if (DataParallel.Rank == 0)
            DataParallel.Share(() => JsonSerializer.Serialize(new Content([.. Line.Tokens.Select(token => token.Value)], Reasons)));
    }
}
