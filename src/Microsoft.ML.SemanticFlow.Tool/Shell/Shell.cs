// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>The command line: parses, runs one command, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class Shell
{
    /// <param name="root">All commands.</param>
    /// <param name="args">The command line.</param>
    /// <param name="terminal">Where commands write.</param>
    /// <param name="firstSteps">Command lines that people need first, and what each is for.</param>
    /// <param name="complete">Adds to a command line what stands elsewhere.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public static int Run(
        RootCommand root, IReadOnlyList<string> args, Terminal terminal, IReadOnlyList<(string Line, string Purpose)> firstSteps,
        Func<ParseResult, ParseResult> complete, CancellationToken cancellation)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show log lines, and the stack of a failure.", Recursive = true };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress; results, warnings and what was skipped are shown.", Recursive = true };
        root.Add(verbose);
        root.Add(quiet);
        NumberOptions.ReadInvariant(root);
        bool showsAll = args is [.., "--help" or "-h" or "-?", HelpPage.All];
        var page = new HelpPage(terminal.Columns, showsAll, firstSteps);
        var help = root.Options.OfType<HelpOption>().Single();
        (help.Action, help.Description) = (page, "Show this.");
        root.SetAction(page.Invoke); // the tool's name alone
        root.Directives.Clear();
        root.Add(Suggestion.Create(root));
        if (showsAll)
            args = [.. args.SkipLast(1)];

        // Help prints numbers by the culture of the thread; it goes along to every thread that a command starts.
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return Run(complete(Parse(root, args)), verbose, quiet, terminal, cancellation);
        }
        catch (CommandCancelledException exception)
        {
            terminal.Error.WriteLine(exception.Message);
            return ExitCode.Cancelled;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Error.WriteLine("Cancelled.");
            return ExitCode.Cancelled;
        }
#pragma warning disable CA1031 // the one place where every exception becomes a sentence and a code
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Report(exception, terminal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>Writes the sentence of a failure, and its stack where the user asked for it.</summary>
    /// <returns>Its <see cref="ExitCode"/>.</returns>
    public static int Report(Exception exception, Terminal terminal)
    {
        var fault = Fault.Of(exception);
        terminal.Error.WriteLine(fault.Sentence);
        if (terminal.Verbose)
            terminal.Error.Write($"{exception}{Environment.NewLine}");
        return fault.Code;
    }

    private static int Run(ParseResult parsed, Option<bool> verbose, Option<bool> quiet, Terminal terminal, CancellationToken cancellation)
    {
        if (parsed.Action is ParseErrorAction)
        {
            terminal.Error.WriteLine(Explain(parsed));
            return ExitCode.Usage;
        }

        if (FirstEmpty(parsed.CommandResult) is { } empty)
            throw new UsageException($"{empty} is empty, as a variable is that was never set. Give it a value, or leave it out.");

        (terminal.Verbose, terminal.IsQuiet) = (parsed.GetValue(verbose), parsed.GetValue(quiet));
        cancellation.ThrowIfCancellationRequested();
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = terminal.Output, Error = terminal.Error });
    }

    /// <summary>Parses a command line; an option that there is not is no argument, whether or not the command takes one.</summary>
    public static ParseResult Parse(CliCommand root, IReadOnlyList<string> args)
    {
        var parsed = root.Parse(args, ResponseFiles.Configure());
        var arguments = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).ToHashSet();
        if (!parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Any(token => token.Value is ['-', _, ..] && arguments.Contains(token)))
            return parsed;

        // The parser then finds those like it, as it does for all other words that it does not know.
        foreach (var argument in parsed.CommandResult.Command.Arguments)
            argument.Arity = ArgumentArity.Zero;
        return root.Parse(args, ResponseFiles.Configure());
    }

    // An option or argument whose value is no text at all: nothing takes one.
    private static string? FirstEmpty(CommandResult command) =>
        command.Children.FirstOrDefault(child => child is OptionResult or ArgumentResult && child.Tokens.Any(token => token.Value.Length == 0)) switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult argument => argument.Argument.HelpName ?? argument.Argument.Name,
            _ => null,
        };

    /// <summary>What is wrong with a command line, in a sentence, and where help is.</summary>
    public static string Explain(ParseResult parsed) => $"{Unknown(parsed) ?? Sentence(parsed.Errors[0])} See '{NameOf(parsed.CommandResult)} --help'.";

    private static string NameOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "semanticflow";

    // A word that is no command and no option explains whatever else is wrong. The parser writes those like it under a heading.
    private static string? Unknown(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..] || parsed.Action is not ParseErrorAction action)
            return null;
        using var written = new StringWriter();
        (action.ShowHelp, action.ShowTypoCorrections) = (false, true);
        parsed.Invoke(new InvocationConfiguration { Output = written, Error = TextWriter.Null });
        string[] like = [.. written.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(line => !line.StartsWith($"'{word}'", StringComparison.Ordinal)).Skip(1).TakeWhile(line => !line.StartsWith('\''))
            .Where(line => line.StartsWith('-') == word.StartsWith('-'))];
        string kind = word.StartsWith('-') ? "option" : parsed.CommandResult.Command.Subcommands.Count > 0 ? "command" : "argument";
        return like.Length == 0 ? $"There is no {kind} '{word}'." : $"There is no {kind} '{word}'. Did you mean {string.Join(" or ", like)}?";
    }

    // The parser puts the values that an option takes on a line each, and does not name the option.
    private static string Sentence(ParseError error)
    {
        var parts = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string message = parts.Length == 1 ? parts[0] : $"{parts[0]} {string.Join(", ", parts[1..])}.";
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option is null || message.Contains(option.Option.Name, StringComparison.Ordinal) ? message : $"{option.Option.Name}: {message}";
    }
}
