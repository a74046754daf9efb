// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>How the help of a command with many options is laid out: which come first, and under which heading each of them stands.</summary>
/// <param name="First">Names of those that people need first.</param>
/// <param name="Headings">The heading of each option by its name; others stand under <see cref="Otherwise"/>.</param>
internal sealed record HelpArrangement(IReadOnlyList<string> First, IReadOnlyDictionary<string, string> Headings)
{
    private const string Otherwise = "Other";

    /// <summary>Names of options that take what is chosen for the user where they are left out, unless <see cref="Unchosen"/> is given.</summary>
    public IReadOnlyCollection<string> Chosen { get; init; } = [];

    /// <summary>The word with which they take their defaults.</summary>
    public string Unchosen { get; init; } = "";

    /// <summary>What is shown below all options: tables with a heading, of words that options take.</summary>
    public IReadOnlyList<(string Heading, IEnumerable<(string Name, string Text)> Rows)> Tables { get; init; } = [];

    // System.CommandLine's commands hold nothing of ours.
    private static readonly ConditionalWeakTable<CliCommand, HelpArrangement> _known = [];

    public static void Set(CliCommand command, HelpArrangement arrangement) => _known.AddOrUpdate(command, arrangement);

    /// <returns>Null for a command whose options are simply listed.</returns>
    public static HelpArrangement? Of(CliCommand command) => _known.TryGetValue(command, out var arrangement) ? arrangement : null;

    public string HeadingOf(Option option) => Headings.GetValueOrDefault(option.Name, Otherwise);
}
