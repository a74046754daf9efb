// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>What the first of several processes that train together has made of the command line, and the others follow.</summary>
/// <param name="Line">The command line: what was typed, what a resumed run was started with, and the recipe that was chosen.</param>
/// <param name="Reasons">Why the recipe is what it is.</param>
/// <param name="Data">The data, listed once.</param>
internal sealed record SharedCommandLine(ParseResult Line, IReadOnlyList<string> Reasons, Dataset Data)
{
    private sealed record Content(
        IReadOnlyList<string> Words, IReadOnlyList<string> Reasons, string Map, string Table, SharedSet? Train, SharedSet? Validation, SharedSet? Boost);

    /// <summary>Waits until the first process has read the data and chosen: what is wrong with them, it alone says.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <returns>Null in the first process, and in one that trains alone.</returns>
    public static SharedCommandLine? Receive(ParseResult parsed)
    {
        DataParallel.Share(() => ""); // all have joined: from here on one that fails ends the others
        if (DataParallel.Rank == 0)
            return null;
        var content = JsonSerializer.Deserialize<Content>(DataParallel.Share(() => ""))!; // Send made it
        return new SharedCommandLine(
            parsed.RootCommandResult.Command.Parse(content.Words), content.Reasons,
            new Dataset(LabelMap.Parse(content.Map, content.Table), content.Train!.ToView(), content.Validation?.ToView(), content.Boost?.ToView())); // there is a training set
    }

    /// <summary>Lets the other processes go on; does nothing in one of these, and in one that trains alone.</summary>
    public void Send()
    {
        if (!DataParallel.IsLaunched || DataParallel.Rank > 0)
            return;
        var content = new Content(
            [.. Line.Tokens.Select(token => token.Value)], Reasons, Data.Labels.Name, Data.Labels.ToCsv(),
            SharedSet.Of(Data.Train), SharedSet.Of(Data.Validation), SharedSet.Of(Data.Boost));
        DataParallel.Share(() => JsonSerializer.Serialize(content));
    }
}
