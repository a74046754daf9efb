// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.ML.SemanticFlow.Batches;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that say what is compared with which labels.</summary>
internal sealed class EvaluationInput
{
    private readonly Option<string?> _model = new("--model") { Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run.", HelpName = "M|RUN_DIR" };
    private readonly Option<string?> _images = new("--images") { Description = "Images to score with --model.", HelpName = "DIR" };
    private readonly Option<string?> _predictions = new("--predictions") { Description = "Masks already predicted, instead of --model and --images.", HelpName = "DIR" };
    private readonly Option<string> _ids = IdsOption.Create("Ids in the files of --labels: those of the label map's raw_id column, 0-based train ids, or the map's colours.");
    private readonly Option<string> _predictedIds = IdsOption.Create("The same of the files of --predictions.", "--predicted-ids");
    private readonly Option<string> _labels = new("--labels") { Description = "Label PNGs.", Required = true, HelpName = "DIR" };
    private readonly Option<string?> _map = MapOption.Create();
    private readonly InferenceSettings _inference = new();
    private readonly ScoringSettings _scoring = new();

    public void AddTo(CliCommand command)
    {
        foreach (Option option in new Option[] { _model, _images, _predictions, _labels, _ids, _predictedIds, _map })
            command.Add(option);
    }

    /// <summary>Adds what says how a model sees images.</summary>
    public void AddModelTo(CliCommand command)
    {
        _inference.AddTo(command);
        _scoring.AddTo(command);
    }

    /// <summary>Whether a model predicts.</summary>
    public bool HasModel(ParseResult parsed) => parsed.GetValue(_model) is not null;

    /// <summary>The folder of labels.</summary>
    public string Labels(ParseResult parsed) => parsed.GetValue(_labels)!; // it is required

    /// <summary>The folder of masks that a benchmark's server would judge.</summary>
    /// <exception cref="UsageException">Something else is given.</exception>
    public string SubmittedMasks(ParseResult parsed) => parsed.GetValue(_predictions) is { } folder && !HasModel(parsed) && parsed.GetValue(_map) is null
        ? folder
        : throw new UsageException("--server judges --predictions in the ids of the benchmark: give --predictions and --labels, and neither --model nor --map.");

    /// <summary>What is compared, listed, with the model loaded.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Warns, and shows ML.NET's log when asked to.</param>
    /// <param name="reading">What becomes of images that lack their label.</param>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public EvaluationSubject Open(ParseResult parsed, Terminal terminal, ReadingOptions reading)
    {
        string labels = Labels(parsed);
        MaskIds labelIds = IdsOption.Read(parsed.GetValue(_ids))!.Value, maskIds = IdsOption.Read(parsed.GetValue(_predictedIds))!.Value; // both have defaults
        var chosen = MapOption.Read(parsed.GetValue(_map));
        var apply = _inference.Read(parsed);
        switch (parsed.GetValue(_model), parsed.GetValue(_images), parsed.GetValue(_predictions))
        {
            case ({ } file, { } images, null):
                var model = ModelFile.Load(terminal, file, _scoring.Read(parsed), out var own);
                try
                {
                    var map = Agree(chosen, model.Labels, file);
                    bool saysDeep = !_scoring.SaysGray16(parsed) && model.Gray16 == Gray16.Scale;
                    return new EvaluationSubject(EvaluationPlan.OfImages(images, labels, reading), labels, map, labelIds)
                    {
                        Model = model,
                        ModelPath = file,
                        Inference = apply(own),
                        SaysDeep = saysDeep,
                        Compared = images,
                    };
                }
                catch
                {
                    model.Dispose();
                    throw;
                }

            case (null, null, not null) when _inference.AnyIn(parsed):
                throw new UsageException("--predictions are read as they are: --scales, --flip, --sliding, --overlap and --blend go with --model.");
            case (null, null, { } masks):
                var known = chosen ?? throw new UsageException("--predictions needs --map, which says what the ids in the files mean.");
                var plan = EvaluationPlan.OfMasks(masks, labels, reading);
                if (RealPath.Of(masks).Equals(RealPath.Of(labels), RealPath.Comparison))
                    terminal.WriteLine($"warning: --predictions and --labels are one folder, '{labels}': each mask is compared with itself.");
                return new EvaluationSubject(plan, labels, known, labelIds) { MaskIds = maskIds, Compared = masks };

            default:
                throw new UsageException("Give either --model with --images, or --predictions.");
        }
    }

    /// <summary>The words of the command line that say all this, with paths relative to a folder.</summary>
    public IEnumerable<string> Record(ParseResult parsed, string folder)
    {
        Option[] paths = [_model, _images, _predictions, _labels, _map];
        var probe = new CliCommand("probe");
        AddTo(probe);
        AddModelTo(probe);
        return probe.Options.Select(parsed.GetResult).OfType<OptionResult>().Where(result => !result.Implicit)
            .SelectMany(result => result.Tokens.Select(token => Word(result.Option, token.Value)).Prepend(result.Option.Name));

        string Word(Option option, string value) => paths.Contains(option) && Path.Exists(value)
            ? Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(value)).Replace('\\', '/')
            : value;
    }

    /// <summary>What recorded words say, once more.</summary>
    /// <exception cref="InvalidDataException">They do not parse.</exception>
    public static EvaluationSubject Reopen(IReadOnlyList<string> words, string folder, Terminal terminal)
    {
        var input = new EvaluationInput();
        var command = new CliCommand("evaluate");
        input.AddTo(command);
        input.AddModelTo(command);
        string[] paths = [input._model.Name, input._images.Name, input._predictions.Name, input._labels.Name, input._map.Name];
        NumberOptions.ReadInvariant(command);
        var parsed = command.Parse([.. words.Select((word, i) => i > 0 && paths.Contains(words[i - 1]) ? Resolve(word) : word)]);
        return parsed.Errors is [var error, ..]
            ? throw new InvalidDataException($"The recorded command does not parse: {error.Message}")
            : input.Open(parsed, terminal, new ReadingOptions { SkipFaulty = true, MaxSkippedShare = 1 });

        string Resolve(string word) => Path.GetFullPath(word, Path.GetFullPath(folder)) is var path && Path.Exists(path) ? path : word;
    }

    private static LabelMap Agree(LabelMap? chosen, LabelMap own, string model) => chosen is not null && own.FindDifference(chosen, $"Model '{model}'", "--map") is { } difference
        ? throw new InvalidDataException($"{difference} Use the map that the model was trained with.")
        : chosen ?? own;
}
