// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>How many processors a process may keep busy.</summary>
internal static class ProcessorShare
{
    /// <summary>The processors of this process: those that its launcher bound it to, else its share of the machine's.</summary>
    public static int Of(Collective processes)
    {
        int own = Environment.ProcessorCount; // of those that it is bound to
        return Of(own, Math.Max(own, OfMachine()), processes.LocalSize);
    }

    /// <inheritdoc cref="Of(Collective)"/>
    /// <param name="own">Processors that the process may run on.</param>
    /// <param name="machine">Processors that the machine has.</param>
    /// <param name="processes">Processes on the machine.</param>
    internal static int Of(int own, int machine, int processes) => Math.Clamp(machine / processes, 1, own);

    private static int OfMachine()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return 0; // not Linux
        }
    }
}
