// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The command line: parses, runs one command, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class Shell
{
    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show log lines, and the stack of a failure.", Recursive = true };
        var root = new RootCommand("Semantic segmentation for ML.NET: import, train, evaluate, predict, export.")
        {
            ImportCommand.Create(terminal, cancellation),
            TrainCommand.Create(terminal, cancellation),
            EvaluateCommand.Create(terminal, cancellation),
            PredictCommand.Create(terminal, cancellation),
            ExportCommand.Create(terminal, cancellation),
            BenchmarkCommand.Create(terminal, cancellation),
            NetworksCommand.Create(terminal),
            DoctorCommand.Create(terminal),
        };
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
        catch (UsageException exception)
        {
            return Explain(exception, ExitCode.Usage);
        }
        catch (FailedCheckException exception)
        {
            return Explain(exception, ExitCode.FailedCheck);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            return Explain(exception, ExitCode.BadInput);
        }

        int Explain(Exception exception, int code)
        {
            terminal.Error.WriteLine(terminal.Verbose ? exception.ToString() : Sentence(exception));
            return code;
        }
    }

    // The parser puts the values that an option takes on a line each, and does not name the option.
    private static string Sentence(ParseError error)
    {
        var parts = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string message = parts.Length == 1 ? parts[0] : $"{parts[0]} {string.Join(", ", parts[1..])}.";
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option is null || message.Contains(option.Option.Name, StringComparison.Ordinal) ? message : $"{option.Option.Name}: {message}";
    }

    /// <summary>The failures that a user can mend; any other is a fault of the program and keeps its stack.</summary>
    private static bool IsExpected(Exception exception) => exception switch
    {
        AggregateException all => all.InnerExceptions.All(IsExpected),
        ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException or InvalidOperationException
            or NotSupportedException or DllNotFoundException => true,
        _ => false,
    };

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
