// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow dataset</c>: what is done with data before training.</summary>
internal static class DatasetCommand
{
    public static CliCommand Create(Terminal terminal, CancellationToken cancellation) =>
        new("dataset", "Bring annotations into the layout that is read without options.") { DatasetImportCommand.Create(terminal, cancellation) };
}
