// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>The machine that a run is on, as far as it explains speed and rounding.</summary>
internal sealed record MachineRecord
{
    private const string LinuxProcessors = "/proc/cpuinfo";

    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required long MemoryMegabytes { get; init; }

    public required string OperatingSystem { get; init; }

    public static MachineRecord Current() => new()
    {
        Processor = NameOfProcessor(),
        Cores = Environment.ProcessorCount,
        MemoryMegabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        OperatingSystem = RuntimeInformation.OSDescription,
    };

    private static string NameOfProcessor()
    {
        string? name = File.Exists(LinuxProcessors)
            ? File.ReadLines(LinuxProcessors).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER"); // Windows
        return name ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
