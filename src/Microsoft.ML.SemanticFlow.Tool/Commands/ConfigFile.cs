// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>--config</c>: options of any command from a JSON file, or from the record of a run. The command line wins.</summary>
internal sealed class ConfigFile
{
    public const string Name = "--config";

    private static readonly JsonDocumentOptions _form = new() { AllowDuplicateProperties = false, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    // System.CommandLine's commands hold nothing of ours.
    private static readonly ConditionalWeakTable<CliCommand, IReadOnlyList<Rule>> _rules = [];

    private readonly Option<string?> _option = new(Name)
    {
        Description = "Read options from a JSON file, such as {\"batch\": 4, \"lr\": 0.01}, or from the run.json of a run. Those on the command line win.",
        HelpName = "F.json",
        Recursive = true,
    };

    /// <summary>Options of a file that one on the command line puts out of force.</summary>
    /// <param name="Given">Any of these on the command line</param>
    /// <param name="Dropped">leaves out all of these in the file.</param>
    internal sealed record Rule(IReadOnlyCollection<string> Given, IReadOnlyCollection<string> Dropped);

    public void AddTo(CliCommand root) => root.Add(_option);

    public static void Set(CliCommand command, IReadOnlyList<Rule> rules) => _rules.AddOrUpdate(command, rules);

    /// <summary>A command line with the options of its file added to its own.</summary>
    /// <returns>The same command line when it names no file, or is wrong by itself.</returns>
    /// <exception cref="UsageException">The file holds an option that the command does not have, or a value that it does not take.</exception>
    public ParseResult Complete(ParseResult parsed)
    {
        if (parsed.GetResult(_option) is not { Implicit: false, Tokens: [{ Value: var path }, ..] } || parsed.UnmatchedTokens.Count > 0)
            return parsed;

        var command = parsed.CommandResult.Command;
        var given = RecordedCommand.Given(parsed).SelectMany(result => result.Option.Aliases.Append(result.Option.Name)).ToHashSet();
        if (_rules.TryGetValue(command, out var rules))
            given.UnionWith(rules.Where(rule => given.Overlaps(rule.Given)).SelectMany(rule => rule.Dropped).ToArray());
        var added = Read(path).Where(option => !given.Contains(option.Key)).SelectMany(option => Words(option.Key, option.Value));
        var completed = Shell.Parse(parsed.RootCommandResult.Command, [.. parsed.Tokens.Select(token => token.Value), .. added]);
        bool isOwnFault = completed.Errors.Count == 0 || parsed.Errors.Any(own => own.Message == completed.Errors[0].Message);
        return isOwnFault ? completed : throw new UsageException($"{Name} '{path}': {Shell.Explain(completed)}");
    }

    // What begins with a hyphen would be taken for an option of its own, what begins with '@' for a file of words.
    private static string[] Words(string name, string value) => value is ['-' or '@', ..] ? [$"{name}={value}"] : [name, value];

    private static Dictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{Name}: there is no file '{path}'.");
        try
        {
            using var document = JsonDocument.Parse(Csv.Decode(RegularFile.ReadAllBytes(path), $"{Name} '{path}'"), _form);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{Name} '{path}' holds no options. Write a JSON object, such as {{\"batch\": 4, \"lr\": 0.01}}.");
            return document.RootElement.TryGetProperty("starts", out _) ? OfRun(path) : OfOptions(document.RootElement, path);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{Name} '{path}' is no JSON: {Fault.SentenceOf(exception)}", exception);
        }
    }

    private static Dictionary<string, string> OfRun(string path)
    {
        var options = RecordedCommand.ReadFile(path);
        return options.Count > 0
            ? options
            : throw new InvalidDataException($"{Name} '{path}' records no options: that run was not started by this tool.");
    }

    private static Dictionary<string, string> OfOptions(JsonElement options, string path)
    {
        var read = new Dictionary<string, string>();
        foreach (var property in options.EnumerateObject().Where(property => property.Name != RecordedCommand.PathsNote && property.Value.ValueKind != JsonValueKind.Null))
        {
            string name = property.Name.StartsWith('-') ? property.Name : $"--{property.Name}";
            if (!read.TryAdd(name, Text(property.Value, name, path)))
                throw new InvalidDataException($"{Name} '{path}' says {name} twice. Leave one of them out.");
        }

        if (RecordedCommand.HasPathsOfFolder(options))
            RecordedCommand.Resolve(read, Path.GetDirectoryName(Path.GetFullPath(path))!); // a file lies in a folder
        return read;
    }

    // A list is one value with commas, as on the command line.
    private static string Text(JsonElement value, string name, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!, // a string is not null
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Number) =>
            string.Join(',', value.EnumerateArray().Select(item => item.ToString())),
        _ => throw new InvalidDataException(
            $"{Name} '{path}': {name} must be a text, a number, true, false, or a list of those, not {value.GetRawText().ReplaceLineEndings(" ")}."),
    };
}
