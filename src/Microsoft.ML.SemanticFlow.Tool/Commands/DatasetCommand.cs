// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow dataset</c>: looks at a data set, or brings annotations into the layout of one.</summary>
internal static class DatasetCommand
{
    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new CliCommand("dataset", "Look at a data set before training: how much there is of what, and what is wrong.");
        new DatasetLook(terminal, cancellation).AddTo(command);
        command.Add(DatasetImportCommand.Create(terminal, cancellation));
        return command;
    }
}
