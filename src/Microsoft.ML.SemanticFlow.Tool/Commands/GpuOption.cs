// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The option <c>--gpu</c>: the CUDA device to work on.</summary>
internal static class GpuOption
{
    public static Option<int?> Create() => new("--gpu") { Description = "Work on this CUDA device, counted from 0, instead of the processor.", HelpName = "N" };

    /// <summary>Whether this tool was built with the packages for CUDA.</summary>
    public static bool IsUsable => GpuExecution.IsPackaged;

    /// <exception cref="PlatformNotSupportedException">The tool was built with the packages for processors.</exception>
    public static int? Read(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) switch
    {
        < 0 and { } device => throw new UsageException($"--gpu counts devices from 0; there is no {device}."),
        { } device when !IsUsable => throw new PlatformNotSupportedException(
            $"--gpu {device} needs a tool with the packages for CUDA, and this one has those for processors. Leave it out, or build the tool with -p:SemanticFlowGpu=true."),
        var device => device,
    };
}
