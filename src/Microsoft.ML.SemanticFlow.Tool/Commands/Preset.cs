// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>--preset</c>: whether what the user does not say is chosen for the data and this machine, or is the papers'.</summary>
internal sealed class Preset
{
    // What a recipe chooses of an option, as the user would write it; null where it leaves it alone.
    private delegate string? Choice(SemanticFlowTrainerOptions options);

    /// <summary>What is chosen for the data and the machine.</summary>
    public const string Auto = "auto";

    /// <summary>The numbers of the papers.</summary>
    public const string Paper = "paper";

    /// <summary>How long a recipe is for, where the user does not say.</summary>
    public const string StandardTime = "30m";

    private const string Time = "--time", Epochs = "--epochs", Network = "--network", Batch = "--batch";

    private static readonly TimeSpan _standardTime = Duration.Parse(StandardTime), _leastTime = TimeSpan.FromSeconds(1);

    // What goes together: where the user says the first, the others are the user's or the papers' too.
    private static readonly string[][] _together =
    [
        ["--loss", "--class-weights", "--add-loss", "--add-loss-weight"],
        ["--add-loss", "--add-loss-weight"],
        ["--optimizer", "--lr", "--weight-decay"],
        ["--initial-weights", "--backbone"],
        ["--backbone", "--initial-weights"],
        [Epochs, Time],
    ];

    // All that a recipe chooses: so the run's record holds it, and a resumed run goes on with it.
    private static readonly (string Name, Choice Value)[] _choices =
    [
        (Network, options => options.Network.Id),
        ("--backbone", options => options.BackboneWeights),
        (Batch, options => Text(options.BatchSize)),
        ("--crop", options => $"{Text(options.CropHeight)},{Text(options.CropWidth)}"),
        ("--scale", options => $"{Text(options.Augmentation.ScaleMin)},{Text(options.Augmentation.ScaleMax)}"),
        ("--inference-scale", options => Text(options.InferenceScale)),
        ("--loss", _ => "ce"),
        ("--class-weights", options => options.Loss is CrossEntropyLoss { ClassWeighting: ClassWeighting.SquareRootInverseLogFrequency } ? "sqrt" : null),
        ("--add-loss", options => options.AddedLoss is null ? null : "dice"),
        ("--add-loss-weight", options => options.AddedLoss is { } added ? Text(added.Weight) : null),
        ("--optimizer", _ => "adamw"),
        ("--lr", options => Text(options.Optimizer.LearningRate)),
        ("--weight-decay", options => Text(options.Optimizer.WeightDecay)),
        ("--backbone-lr-factor", options => Text(options.Optimizer.BackboneLearningRateFactor)),
        ("--warm-up", options => options.Schedule.WarmUpSteps is { } steps ? Text(steps) : null),
        ("--average-decay", options => options.WeightAverageDecay is { } decay ? Text(decay) : null),
        (Epochs, options => Text(options.Epochs)),
        ("--val-interval", options => Text(options.ValidationInterval)),
        (Time, options => Duration.Text(options.MaxTrainingTime!.Value)), // Auto sets it
    ];

    /// <summary>Names of the options that a recipe chooses where the user does not, to fit the time.</summary>
    public static IReadOnlyCollection<string> Chosen { get; } = [.. _choices.Select(choice => choice.Name).Where(name => name != Time)];

    /// <summary>What of a file of options goes where the user says something else.</summary>
    public static IEnumerable<ConfigFile.Rule> Rules => _together.Select(group => new ConfigFile.Rule([group[0]], group));

    private readonly Option<string> _option = new("--preset")
    {
        Description = "What fills in the options that you leave out: a recipe chosen for the data, this machine and --time (auto), " +
            "or the numbers of the papers, for street scenes of 1024 x 2048 pixels and a GPU (paper).",
        DefaultValueFactory = _ => Auto,
    };

    public Preset() => _option.AcceptOnlyFromAmong(Auto, Paper);

    public void AddTo(CliCommand command) => command.Add(_option);

    /// <summary>Whether a recipe is to be chosen.</summary>
    public bool IsAuto(ParseResult parsed) => parsed.GetValue(_option) == Auto;

    /// <summary>A command line completed with a recipe for a training set, which is shown.</summary>
    /// <param name="terminal">Told what was chosen, and why.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="said">The options that it asks for.</param>
    /// <param name="fitsBatch">Whether the batch that it gives is none.</param>
    /// <param name="data">The training set.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The command line, and why the recipe is what it is.</returns>
    public static (ParseResult Completed, IReadOnlyList<string> Reasons) Complete(
        Terminal terminal, ParseResult parsed, SemanticFlowTrainerOptions said, bool fitsBatch, Dataset data, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var time = said.MaxTrainingTime ?? _standardTime;
        var given = parsed.CommandResult.Command.Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToHashSet();
        terminal.WriteLine("Choosing a recipe for the data and this machine; --preset paper takes that of the papers.");
        var network = given.Contains(Network) ? said.Network : null;
        var chosen = SemanticFlowTrainerOptions.Auto(data.Train, time, said with { Labels = data.Labels, ValidationSet = data.Validation }, network, cancellation);
        if (fitsBatch)
            given.Remove(Batch);

        // The reasons are those of the whole recipe.
        string[] own = [.. _choices.Select(choice => choice.Name).Where(name => name != Network && name != Time && given.Contains(name))];
        string[] reasons = own.Length == 0 ? [.. chosen.Reasons] : [.. chosen.Reasons, $"but {string.Join(", ", own)} as given, in place of the recipe's"];
        foreach (string reason in reasons)
            terminal.WriteLine($"  {reason}");

        foreach (string[] group in _together.Where(group => given.Contains(group[0])))
            given.UnionWith(group);
        var left = chosen with { MaxTrainingTime = Left(time, clock.Elapsed) };
        var added = _choices.Where(choice => !given.Contains(choice.Name))
            .SelectMany(choice => choice.Value(left) is { } value ? new[] { choice.Name, value } : []);
        return (With(parsed, added), reasons);
    }

    /// <summary>A command line with the batch that fits into memory, which is shown, in the place of <c>--batch auto</c>.</summary>
    /// <param name="terminal">Told the batch.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="said">The options that it asks for.</param>
    /// <param name="data">The training set.</param>
    public static ParseResult FitBatch(Terminal terminal, ParseResult parsed, SemanticFlowTrainerOptions said, Dataset data)
    {
        string batch = Text(said.FitBatchSize(data.Labels).BatchSize);
        terminal.WriteLine($"--batch auto is {batch} on this machine.");
        return With(parsed, [Batch, batch]);
    }

    /// <summary>A command line with more words.</summary>
    public static ParseResult With(ParseResult parsed, IEnumerable<string> added)
    {
        List<string> words = [.. parsed.Tokens.Select(token => token.Value)];
        if (words.IndexOf(Batch) is >= 0 and var at && words[at + 1] == Auto)
            words.RemoveRange(at, 2); // the number takes its place
        return parsed.RootCommandResult.Command.Parse([.. words, .. added]);
    }

    /// <summary>What is left of a time; never nothing, for a run takes one step however little time there is.</summary>
    internal static TimeSpan Left(TimeSpan time, TimeSpan gone) => time - gone > _leastTime ? time - gone : _leastTime;

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
