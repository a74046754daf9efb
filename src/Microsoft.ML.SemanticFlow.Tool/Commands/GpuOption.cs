// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option <c>--gpu</c>: the CUDA device to work on.</summary>
internal static class GpuOption
{
    public static Option<int?> Create() => new("--gpu") { Description = "Work on this CUDA device, counted from 0, instead of the processor.", HelpName = "N" };

    public static int? Read(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) switch
    {
        < 0 and { } device => throw new UsageException($"--gpu counts devices from 0; there is no {device}."),
        var device => device,
    };
}
