// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that name a dataset to train on: its kind, its folders, its label space.</summary>
internal sealed class DatasetOptions
{
    private const int SmallestSide = 32;

    private readonly Option<string?> _dataset = new("--dataset")
    {
        Description = $"Kind of the data set: {string.Join(", ", SegmentationDatasets.All)}. [default: what --data looks like]",
        HelpName = "ID",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Root folder of the data set. One of your own holds {SegmentationDatasets.Folder.Layout}.",
        HelpName = "ROOT",
    };

    private readonly Option<string?> _sources = SourcesOption.Create();
    private readonly Option<string?> _images = new("--images") { Description = "Training images, instead of --data; with --dataset folder.", HelpName = "DIR" };
    private readonly Option<string?> _labels = new("--labels") { Description = "Training labels, instead of --data.", HelpName = "DIR" };
    private readonly Option<string?> _validationImages = new("--val-images") { Description = "Validation images; without any, the last weights are kept.", HelpName = "DIR" };
    private readonly Option<string?> _validationLabels = new("--val-labels") { Description = "Validation labels.", HelpName = "DIR" };
    private readonly Option<string?> _boostImages = new("--boost-images")
    {
        Description = "More images, crops of which are drawn around the classes of --boost-classes only.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _boostLabels = new("--boost-labels") { Description = "Their labels; they may be coarse.", HelpName = "DIR" };
    private readonly Option<string?> _map = MapOption.Create();

    private readonly Option<string> _ids = IdsOption.Create(
        "Ids in the label files: those of the label map's raw_id column, 0-based train ids, or the map's colours. [default: those of the data set, raw for folder]",
        otherwise: null);

    public DatasetOptions() => _dataset.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. SegmentationDatasets.All.Select(dataset => dataset.Id)]);

    /// <summary>The options that say where the data lies; those of another place make no sense beside them.</summary>
    public IReadOnlyCollection<string> Places =>
        [_data.Name, _sources.Name, _images.Name, _labels.Name, _validationImages.Name, _validationLabels.Name, _boostImages.Name, _boostLabels.Name];

    /// <summary>The kinds of data sets, for the help.</summary>
    public static (string Heading, IEnumerable<(string Name, string Text)> Rows) Kinds =>
        ("Data sets, and what the folder holds", SegmentationDatasets.All.Select(dataset => (dataset.Id, $"{dataset.Title}: {dataset.Layout}")));

    /// <summary>Names of all options.</summary>
    public IEnumerable<string> Names => Places.Concat([_dataset.Name, _map.Name, _ids.Name]);

    public void AddTo(CliCommand command)
    {
        foreach (Option option in new Option[] { _dataset, _data, _sources, _images, _labels, _validationImages, _validationLabels, _boostImages, _boostLabels, _map, _ids })
            command.Add(option);
    }

    public Dataset Read(ParseResult parsed, MLContext context, ReadingOptions reading)
    {
        if (SourcesOption.Read(parsed.GetValue(_sources)) is { } sources)
            return ReadSources(sources, parsed, context, reading);
        var dataset = parsed.GetValue(_dataset) is { } id ? SegmentationDatasets.Get(id) : Recognize(parsed);
        string? root = parsed.GetValue(_data) ?? dataset.DefaultRoot;
        var map = MapOption.Read(parsed.GetValue(_map)) ?? (root is null ? dataset.Labels : dataset.ReadLabels(root))
            ?? throw new UsageException($"--dataset {dataset} needs --map: a known label space, a CSV file, or class names with commas; or the file classes.csv in --data.");
        var ids = IdsOption.Read(parsed.GetValue(_ids)) ?? dataset.Ids;
        var catalog = context.SemanticSegmentation.Data;

        var boost = Pair(_boostImages, _boostLabels);
        if (dataset != SegmentationDatasets.Folder)
        {
            root = root ?? throw new UsageException($"--dataset {dataset} needs --data with the folder that holds {dataset.Layout}.");
            if (new[] { _images, _labels, _validationImages, _validationLabels }.FirstOrDefault(option => parsed.GetValue(option) is not null) is { } option)
                throw new UsageException($"{option.Name} goes with --dataset folder; {dataset} finds its files below --data.");
            return With(Load(root, DatasetSplit.Train), Load(root, DatasetSplit.Validation));
        }

        string images = parsed.GetValue(_images) ?? Inside("images", _images), labels = parsed.GetValue(_labels) ?? Inside("labels", _labels);
        var validation = Pair(_validationImages, _validationLabels);
        if (validation is null && root is not null && Directory.Exists(Path.Combine(root, "val")))
            validation = Load(root, DatasetSplit.Validation);
        return With(catalog.Folder(images, labels, map, ids, reading), validation);

        Dataset With(IDataView train, IDataView? validate) => new(map, train, validate, boost)
        {
            Guesses = parsed.GetValue(_dataset) is null ? [$"--data is read as --dataset {dataset}: {dataset.Title}."] : [],
        };

        IDataView Load(string folder, DatasetSplit split) => catalog.Load(dataset, folder, split, map, ids, split == DatasetSplit.Validation ? Whole(reading) : reading);

        IDataView? Pair(Option<string?> first, Option<string?> second) => (parsed.GetValue(first), parsed.GetValue(second)) switch
        {
            (null, null) => null,
            ({ } found, { } theirs) => catalog.Folder(found, theirs, map, ids, first == _validationImages ? Whole(reading) : reading),
            _ => throw new UsageException($"{first.Name} and {second.Name} go together: give both or neither."),
        };

        string Inside(string kind, Option<string?> option) => root is null
            ? throw new UsageException($"--dataset folder needs --data ROOT, or {option.Name} and its partners.")
            : Path.Combine(root, "train", kind);
    }

    // Validation sees whole images, which crops pad: the networks need this much.
    private static ReadingOptions Whole(ReadingOptions reading) => reading with { SmallestSide = SmallestSide };

    private Dataset ReadSources(IReadOnlyList<SourcesOption.Source> sources, ParseResult parsed, MLContext context, ReadingOptions reading)
    {
        var alone = new Option[] { _dataset, _data, _images, _labels, _validationImages, _validationLabels, _boostImages, _boostLabels };
        if (alone.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            throw new UsageException($"{option.Name} does not go with {_sources.Name}, which name all data. Leave one of them out.");
        var chosen = MapOption.Read(parsed.GetValue(_map));
        var ids = IdsOption.Read(parsed.GetValue(_ids));
        var catalog = context.SemanticSegmentation.Data;
        var guesses = new List<string>();
        var train = new List<(string, IDataView)>();
        var validation = new List<(string, IDataView)>();
        LabelMap? first = null;
        foreach (var source in sources)
        {
            var kind = source.Kind ?? SegmentationDatasets.Recognize(source.Root) ?? SegmentationDatasets.Folder;
            var map = chosen ?? kind.ReadLabels(source.Root)
                ?? throw new UsageException($"Source '{source.Id}' needs --map, or the file classes.csv in '{source.Root}': what do its ids mean?");
            first ??= map;
            if (source.Kind is null)
                guesses.Add($"Source {source.Id} is read as {kind}: {kind.Title}.");
            train.Add((source.Id, Load(DatasetSplit.Train, reading)));
            if (kind != SegmentationDatasets.Folder || Directory.Exists(Path.Combine(source.Root, "val")))
                validation.Add((source.Id, Load(DatasetSplit.Validation, Whole(reading))));
            else
                guesses.Add($"Source {source.Id} has no folder 'val': it is not validated on.");

            IDataView Load(DatasetSplit split, ReadingOptions rule) => catalog.Load(kind, source.Root, split, map, ids, rule);
        }

        return new Dataset(first!, catalog.Combine([.. train]), validation.Count == 0 ? null : catalog.Combine([.. validation]), Boost: null) // there is one source
        {
            Guesses = guesses,
        };
    }

    private SegmentationDatasetInfo Recognize(ParseResult parsed) => parsed.GetValue(_data) is { } root
        ? SegmentationDatasets.Recognize(root) ?? SegmentationDatasets.Folder
        : throw new UsageException(
            $"--dataset is missing: {string.Join(", ", SegmentationDatasets.All)}. " +
            "Only a run that is in --output already, and was started from the command line, goes on without.");
}

/// <param name="Labels">The label space.</param>
/// <param name="Train">Columns ImagePath and LabelPath.</param>
/// <param name="Validation">The same; null when there is none.</param>
/// <param name="Boost">The same, to boost classes; null when there is none.</param>
internal sealed record Dataset(LabelMap Labels, IDataView Train, IDataView? Validation, IDataView? Boost)
{
    /// <summary>What the command line left open and the folders told, in sentences.</summary>
    public IReadOnlyList<string> Guesses { get; init; } = [];

    /// <summary>The same with a part of the training set to validate on, where there is nothing else to.</summary>
    /// <param name="terminal">Told what is held out.</param>
    /// <param name="context">Splits it.</param>
    /// <param name="share">Of the images.</param>
    public Dataset HoldOut(Terminal terminal, MLContext context, double share)
    {
        if (Validation is not null)
            throw new UsageException("--hold-out has no effect here: there is a validation set. Leave it out.");
        if (share is not (> 0 and < 1))
            throw new UsageException(FormattableString.Invariant($"--hold-out must be above 0 and below 1, not {share}."));
        var split = context.SemanticSegmentation.HoldOut(Train, share);
        terminal.WriteLine(
            $"There is no validation set: {split.TestSet.GetRowCount()} of {Train.GetRowCount()} images are held out for it, " +
            "whole videos or the ends of them by the files' names.");
        return this with { Train = split.TrainSet, Validation = split.TestSet };
    }
}
