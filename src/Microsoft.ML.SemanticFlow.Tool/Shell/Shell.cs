// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The command line: parses, runs one command, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class Shell
{
    /// <param name="root">All commands.</param>
    /// <param name="args">The command line.</param>
    /// <param name="terminal">Where commands write.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public static int Run(RootCommand root, IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show log lines, and the stack of a failure.", Recursive = true };
        root.Add(verbose);

        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            string command = parsed.CommandResult.Command is RootCommand ? "semanticflow" : $"semanticflow {parsed.CommandResult.Command.Name}";
            terminal.Error.WriteLine($"{Sentence(parsed.Errors[0])} See '{command} --help'.");
            return ExitCode.Usage;
        }

        terminal.Verbose = parsed.GetValue(verbose);
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = terminal.Output, Error = terminal.Error });
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Error.WriteLine("Cancelled.");
            return ExitCode.Cancelled;
        }
        catch (Exception exception) when (CodeOf(exception) is { } code)
        {
            terminal.Error.WriteLine(terminal.Verbose ? exception.ToString() : NativeLibraries.Sentence(exception) ?? Sentence(exception));
            return code;
        }
    }

    /// <summary>The exit code of a failure that a user can mend; null for any other, which is a fault of the program and keeps its stack.</summary>
    private static int? CodeOf(Exception exception) => exception switch
    {
        UsageException => ExitCode.Usage,
        SegmentationCheckException or NotFiniteNumberException => ExitCode.FailedCheck,
        AggregateException all => all.InnerExceptions.All(inner => CodeOf(inner) is not null) ? CodeOf(all.InnerExceptions[0]) : null,
        ArgumentException or InvalidDataException or WeightMismatchException or IOException or UnauthorizedAccessException or InvalidOperationException
            or NotSupportedException => ExitCode.BadInput,
        _ when NativeLibraries.Sentence(exception) is not null => ExitCode.BadInput,
        _ => null,
    };

    // The parser puts the values that an option takes on a line each, and does not name the option.
    private static string Sentence(ParseError error)
    {
        var parts = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string message = parts.Length == 1 ? parts[0] : $"{parts[0]} {string.Join(", ", parts[1..])}.";
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option is null || message.Contains(option.Option.Name, StringComparison.Ordinal) ? message : $"{option.Option.Name}: {message}";
    }

    /// <summary>The message as the user should read it: the first failure, without what .NET appends for programmers.</summary>
    internal static string Sentence(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: [var first, ..] })
            return Sentence(first);

        string message = exception.Message;
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            int suffix = message.IndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal);
            if (suffix > 0)
                message = message[..suffix];
        }

        return message.ReplaceLineEndings(" ").Trim();
    }
}
