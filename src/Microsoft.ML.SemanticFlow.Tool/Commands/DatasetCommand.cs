// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow dataset</c>: what is done with data before training; by itself it looks at it.</summary>
internal static class DatasetCommand
{
    public const string Name = "dataset", Purpose = "Look at a data set before training: how much there is of what, and what is wrong.";

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new CliCommand(Name, Purpose)
        {
            DatasetImportCommand.Create(terminal, cancellation),
        };
        new DatasetLook(terminal, cancellation).AddTo(command);
        return command;
    }
}
