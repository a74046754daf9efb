// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that a run was started with, kept among the notes of its run.json, so that it goes on by its folder alone.</summary>
internal static class RecordedCommand
{
    // What is said of one call and not of the run.
    private static readonly string[] _ofTheCall = ["--output", "--resume", "--allow-other-data", "--json", "--verbose", "--quiet", ConfigFile.Name];

    private static readonly string[] _paths =
        ["--data", "--images", "--labels", "--val-images", "--val-labels", "--boost-images", "--boost-labels", "--map", "--initial-weights", "--backbone"];

    // Those that take a word too: a label space, ImageNet's weights.
    private static readonly string[] _orWords = [MapOption.Name, "--backbone"];

    // The note that says how paths are to be read; earlier versions kept them as they were typed.
    public const string PathsNote = "paths";

    private const string OfTheRun = "relative to this folder";

    /// <summary>The options that a command line gives, by name; paths relative to the folder of the run, or without those.</summary>
    public static IReadOnlyDictionary<string, string> Of(ParseResult parsed, TrainingRun run)
    {
        var options = Given(parsed).Where(result => !_ofTheCall.Contains(result.Option.Name))
            .ToDictionary(result => result.Option.Name, result => result.Tokens is [var token, ..] ? token.Value : "true");
        foreach (string name in _paths)
        {
            if (!options.TryGetValue(name, out string? value) || !Path.Exists(value))
                continue; // a label space has a name
            if (run.RecordPaths)
                options[name] = InRun(value);
            else
                options.Remove(name);
        }

        if (!run.RecordPaths)
            options.Remove(SourcesOption.Name);
        else if (options.TryGetValue(SourcesOption.Name, out string? sources))
            options[SourcesOption.Name] = SourcesOption.Rename(sources, InRun);

        if (run.RecordPaths)
            options.Add(PathsNote, OfTheRun);
        return options;

        string InRun(string path) => Path.GetRelativePath(Path.GetFullPath(run.Directory), Path.GetFullPath(path)).Replace('\\', '/');
    }

    /// <summary>Whether a command line gives one of some options by itself.</summary>
    public static bool Gives(ParseResult parsed, IReadOnlyCollection<string> options) => Given(parsed).Any(result => options.Contains(result.Option.Name));

    /// <summary>A command line with the options of the run in a folder added to its own, which win.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="together">Options that go together: where one of them is given, none is added.</param>
    /// <returns>The same command line when the folder records none.</returns>
    /// <exception cref="UsageException">The record holds an option that does not parse.</exception>
    public static ParseResult Complete(ParseResult parsed, string folder, IReadOnlyCollection<string> together)
    {
        var given = Given(parsed).Select(result => result.Option.Name).ToHashSet();
        if (given.Overlaps(together))
            given.UnionWith(together);
        string[] added = [.. Read(folder).Where(option => !given.Contains(option.Key)).SelectMany(option => new[] { option.Key, option.Value })];
        if (added.Length == 0)
            return parsed;

        var completed = parsed.RootCommandResult.Command.Parse([.. parsed.Tokens.Select(token => token.Value), .. added]);
        return completed.Errors is [var error, ..]
            ? throw new UsageException($"The options that the run in '{folder}' was started with do not parse: {error.Message} Give all options anew.")
            : completed;
    }

    /// <summary>The options that a command line gives by itself.</summary>
    public static IEnumerable<OptionResult> Given(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Select(parsed.GetResult).OfType<OptionResult>().Where(result => !result.Implicit);

    // Of the last start that a command line made: later ones hold the earlier ones' options too.
    private static Dictionary<string, string> Read(string folder) => Path.Combine(folder, "run.json") is var path && Path.Exists(path) ? ReadFile(path) : [];

    /// <summary>The options in the record of a run, by name; none where no command line started it.</summary>
    /// <param name="path">Its run.json.</param>
    /// <exception cref="InvalidDataException">It is no such record.</exception>
    public static Dictionary<string, string> ReadFile(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!; // a file lies in a folder
        try
        {
            using var run = JsonDocument.Parse(Csv.Decode(RegularFile.ReadAllBytes(path), path));
            var recorded = run.RootElement.GetProperty("starts").EnumerateArray()
                .Select(start => Options(start.GetProperty("notes"), folder))
                .LastOrDefault(options => options.Count > 0) ?? [];

            // The default is now the optimiser's own; it was one for all of them.
            if (recorded.ContainsKey("--optimizer") && run.RootElement.GetProperty("options").GetProperty(nameof(TrainingOptimizer.LearningRate)).GetString() is { } rate)
                recorded.TryAdd("--lr", rate);
            return recorded;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is no record of a run: {e.Message} Move it away, and give all options anew.", e);
        }
    }

    private static Dictionary<string, string> Options(JsonElement notes, string folder)
    {
        var options = notes.EnumerateObject().Where(note => note.Name.StartsWith("--", StringComparison.Ordinal))
            .ToDictionary(note => note.Name, note => note.Value.GetString() ?? "");
        if (HasPathsOfFolder(notes))
            Resolve(options, folder);
        return options;
    }

    /// <summary>Whether the paths in a record are relative to its folder; else they are as somebody typed them.</summary>
    public static bool HasPathsOfFolder(JsonElement notes) =>
        notes.TryGetProperty(PathsNote, out var how) && how.ValueKind == JsonValueKind.String && how.GetString() == OfTheRun;

    /// <summary>Makes paths whole that are relative to a folder.</summary>
    public static void Resolve(Dictionary<string, string> options, string folder)
    {
        foreach (string name in _paths)
        {
            // A word is none; a path that is gone is named as it was.
            if (options.TryGetValue(name, out string? value) && Path.GetFullPath(value, Path.GetFullPath(folder)) is var path && (!_orWords.Contains(name) || Path.Exists(path)))
                options[name] = path;
        }

        if (options.TryGetValue(SourcesOption.Name, out string? sources))
            options[SourcesOption.Name] = SourcesOption.Rename(sources, root => Path.GetFullPath(root, Path.GetFullPath(folder)));
    }
}
