// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary><c>[suggest:POSITION] "COMMAND LINE"</c>: how the line may go on there, a word a line. Shells ask it; people see what they then show.</summary>
/// <remarks>System.CommandLine's own directive writes all words as one line, which a <see cref="StandardStream"/> keeps one.</remarks>
internal static class Suggestion
{
    public static Directive Create(RootCommand root)
    {
        var directive = new Directive("suggest");
        directive.Action = new Action(root, directive);
        return directive;
    }

    private sealed class Action(RootCommand root, Directive directive) : System.CommandLine.Invocation.SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            string line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
            int position = parseResult.GetResult(directive) is { Values: [var number, ..] } && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int at)
                ? Math.Min(at, line.Length)
                : line.Length;
            foreach (var word in root.Parse(line).GetCompletions(position))
                parseResult.InvocationConfiguration.Output.WriteLine(word.Label);
            return ExitCode.Done;
        }
    }
}
