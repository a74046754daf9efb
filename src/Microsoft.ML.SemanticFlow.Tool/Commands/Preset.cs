// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>--preset</c>: whether what the user does not say is chosen for the data and this machine, or is the papers'.</summary>
internal sealed class Preset
{
    /// <summary>What is chosen for the data and the machine.</summary>
    public const string Auto = "auto";

    private const string Paper = "paper";
    private const string Time = "--time", Epochs = "--epochs", Network = "--network", Batch = "--batch";

    private static readonly TimeSpan _standardTime = TimeSpan.FromMinutes(30), _leastTime = TimeSpan.FromSeconds(1);

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

    /// <summary>What of a file of options goes where the user says something else.</summary>
    public static IEnumerable<ConfigFile.Rule> Rules => _together.Select(group => new ConfigFile.Rule([group[0]], group));

    private readonly Option<string> _option = new("--preset")
    {
        Description = "Where the numbers come from that you do not give: chosen for the data, this machine and --time (auto), " +
            "or those of the papers, for street scenes of 1024 x 2048 pixels and a GPU (paper).",
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
        foreach (string reason in chosen.Reasons)
            terminal.WriteLine($"  {reason}");

        if (fitsBatch)
            given.Remove(Batch);
        foreach (string[] group in _together.Where(group => given.Contains(group[0])))
            given.UnionWith(group);
        var added = Flags(chosen with { MaxTrainingTime = Left(time, clock.Elapsed) })
            .Where(flag => !given.Contains(flag.Name)).SelectMany(flag => new[] { flag.Name, flag.Value });
        return (With(parsed, added), chosen.Reasons);
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

    // All that a recipe chooses, as the user would write it: so the run's record holds it, and a resumed run goes on with it.
    private static IEnumerable<(string Name, string Value)> Flags(SemanticFlowTrainerOptions options)
    {
        yield return (Network, options.Network.Id);
        if (options.BackboneWeights is { } backbone)
            yield return ("--backbone", backbone);
        yield return (Batch, Text(options.BatchSize));
        yield return ("--crop", $"{Text(options.CropHeight)},{Text(options.CropWidth)}");
        yield return ("--scale", $"{Text(options.Augmentation.ScaleMin)},{Text(options.Augmentation.ScaleMax)}");
        yield return ("--inference-scale", Text(options.InferenceScale));
        yield return ("--loss", "ce");
        if (options.Loss is CrossEntropyLoss { ClassWeighting: ClassWeighting.SquareRootInverseLogFrequency })
            yield return ("--class-weights", "sqrt");
        if (options.AddedLoss is { } added)
        {
            yield return ("--add-loss", "dice");
            yield return ("--add-loss-weight", Text(added.Weight));
        }

        yield return ("--optimizer", "adamw");
        yield return ("--lr", Text(options.Optimizer.LearningRate));
        yield return ("--weight-decay", Text(options.Optimizer.WeightDecay));
        yield return ("--backbone-lr-factor", Text(options.Optimizer.BackboneLearningRateFactor));
        if (options.Schedule.WarmUpSteps is { } warmUp)
            yield return ("--warm-up", Text(warmUp));
        if (options.WeightAverageDecay is { } decay)
            yield return ("--average-decay", Text(decay));
        yield return (Epochs, Text(options.Epochs));
        yield return ("--val-interval", Text(options.ValidationInterval));
        yield return (Time, Duration.Text(options.MaxTrainingTime!.Value)); // Auto sets it
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
