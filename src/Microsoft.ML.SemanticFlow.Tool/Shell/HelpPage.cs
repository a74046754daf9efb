// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Writes the help of a command: of one with many options those that people need first, and all of them under headings when asked.</summary>
/// <param name="width">Columns of the page.</param>
/// <param name="showsAll">Whether every option is shown.</param>
/// <param name="examples">What people need first of all, shown with the help of the tool itself: a command line, and what it does.</param>
internal sealed class HelpPage(int width, bool showsAll, IReadOnlyList<(string Line, string Purpose)> examples) : SynchronousCommandLineAction
{
    /// <summary>What asks for the help of every option, after <c>--help</c>.</summary>
    public const string All = "all";

    private const int NameWidth = 28;
    private const string Default = "[default: ";

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        WriteLines(output, command.Description ?? "", "");
        if (command is RootCommand)
        {
            WriteExamples(output);
        }
        else
        {
            string words = (command.Subcommands.Any() ? " [command]" : "") + string.Concat(command.Arguments.Select(Form));
            output.Write($"\nUsage: {NameOf(parseResult.CommandResult)}{words} [options]\n");
        }

        WriteSection(output, "Arguments", command.Arguments.Select(argument => (NameOf(argument), argument.Description ?? "")));
        WriteSection(output, "Commands", command.Subcommands.Where(child => !child.Hidden).Select(child => (child.Name, child.Description ?? "")));
        if (command is RootCommand)
            output.Write("\n'semanticflow COMMAND --help' tells the options of a command.\n");
        else
            WriteOptions(output, command, NameOf(parseResult.CommandResult));
        return ExitCode.Done;
    }

    private static string NameOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "semanticflow";

    private static string NameOf(Argument argument) => argument.HelpName ?? argument.Name;

    private static string Form(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 ? $" [{NameOf(argument)}]" : $" {NameOf(argument)}";

    private void WriteExamples(TextWriter output)
    {
        output.Write("\nFirst steps:\n");
        foreach (var (line, purpose) in examples)
        {
            WriteLines(output, purpose, "  ");
            output.WriteLine($"    {line}");
        }
    }

    private void WriteOptions(TextWriter output, CliCommand command, string name)
    {
        var inherited = command.Parents.OfType<CliCommand>().SelectMany(parent => parent.Options).Where(option => option.Recursive);
        Option[] options = [.. command.Options.Concat(inherited).Where(option => !option.Hidden)];
        if (HelpArrangement.Of(command) is not { } arrangement)
        {
            WriteSection(output, "Options", options.Select(option => Describe(option)));
            return;
        }

        Option[] first = [.. arrangement.First.Select(wanted => options.First(option => option.Name == wanted))];
        if (!showsAll)
        {
            WriteSection(output, "Options that people need first", first.Select(option => Describe(option, arrangement)));
            string[] headings = [.. options.Except(first).Select(arrangement.HeadingOf).Distinct().Select(heading => heading.ToLowerInvariant())];
            output.WriteLine();
            WriteLines(output, $"'{name} --help {All}' shows the other {options.Length - first.Length} too: {string.Join(", ", headings)}.", "");
            return;
        }

        foreach (var group in options.GroupBy(arrangement.HeadingOf))
            WriteSection(output, group.Key, group.Select(option => Describe(option, arrangement)));
        foreach (var (heading, rows) in arrangement.Tables)
            WriteSection(output, heading, rows);
    }

    private void WriteSection(TextWriter output, string heading, IEnumerable<(string Name, string Text)> rows)
    {
        bool isBegun = false;
        foreach (var (name, text) in rows)
        {
            if (!isBegun)
                output.Write($"\n{heading}:\n");
            isBegun = true;
            string margin = new(' ', NameWidth + 3);
            string start = $"  {name}".PadRight(margin.Length);
            bool isLong = !start.EndsWith(' ');
            if (isLong)
                output.WriteLine(start);
            WriteLines(output, text, margin, isLong ? margin : start);
        }
    }

    private void WriteLines(TextWriter output, string text, string margin, string? start = null)
    {
        var line = new StringBuilder(start ?? margin);
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                output.WriteLine(line.ToString().TrimEnd());
                line.Clear().Append(margin);
                isEmpty = true;
            }

            line.Append(isEmpty ? "" : " ").Append(word);
            isEmpty = false;
        }

        output.WriteLine(line.ToString().TrimEnd());
    }

    private static (string Name, string Text) Describe(Option option, HelpArrangement? arrangement = null)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).Append(option.Name));
        string[] words = option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        string? form = option.ValueType == typeof(bool) || option.ValueType == typeof(void) ? null
            : option.HelpName ?? (words.Length > 0 ? string.Join('|', words) : option.Name.TrimStart('-').ToUpperInvariant());
        string text = option.Description ?? "";
        if (option.Required)
            text += " Required.";
        else if (option.HasDefaultValue && Text(option.GetDefaultValue()) is { Length: > 0 } value && !text.Contains(Default, StringComparison.Ordinal))
            text += $" {Default}{value}]";
        if (option is HelpOption && arrangement is not null)
            text += $" '{option.Name} {All}' shows every option.";
        if (arrangement?.Chosen.Contains(option.Name) == true)
        {
            text = text.Contains(Default, StringComparison.Ordinal)
                ? text.Replace(Default, $"{Default}chosen; {arrangement.Unchosen}: ", StringComparison.Ordinal)
                : $"{text} {Default}chosen]";
        }

        return (form is null ? names : $"{names} <{form}>", text);
    }

    private static string? Text(object? value) => value is null or false ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
