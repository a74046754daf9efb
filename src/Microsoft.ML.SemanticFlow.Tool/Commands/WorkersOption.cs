// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option <c>--workers</c>: how many images are worked on at once. Memory grows with it, not with the folder.</summary>
internal static class WorkersOption
{
    public static Option<int?> Create(params string[] aliases) => new("--workers", aliases)
    {
        Description = "Images worked on at once, each by one thread. [default: one a processor]",
        HelpName = "N",
    };

    public static int Read(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) switch
    {
        null => Environment.ProcessorCount,
        { } count and >= 1 => count,
        { } count => throw new UsageException($"--workers must be at least 1, not {count}."),
    };
}
