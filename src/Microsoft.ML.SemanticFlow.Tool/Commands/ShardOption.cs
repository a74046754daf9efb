// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>--shard</c>: which part of the work a process does, said by the user or by the scheduler of a cluster.</summary>
internal static class ShardOption
{
    public static Option<string?> Create() => new("--shard")
    {
        Description = "Do one of N equal parts, from 1/N to N/N. [default: what a Slurm array, an Indexed Job or mpirun says, else all]",
        HelpName = "I/N",
    };

    /// <summary>The part to do.</summary>
    /// <param name="terminal">Told where it comes from, when it is not from the command line.</param>
    /// <param name="value">The option's value.</param>
    /// <exception cref="UsageException">It is no shard.</exception>
    public static WorkShard Read(Terminal terminal, string? value)
    {
        try
        {
            if (value is not null)
                return WorkShard.Parse(value);
            if (WorkShard.FromEnvironment() is not { Shard.IsWhole: false } found)
                return WorkShard.Whole;
            terminal.WriteLine($"This is shard {found.Shard}, as the environment variable {found.Source} says.");
            return found.Shard;
        }
        catch (FormatException exception)
        {
            throw new UsageException($"--shard: {exception.Message}", exception);
        }
    }
}
