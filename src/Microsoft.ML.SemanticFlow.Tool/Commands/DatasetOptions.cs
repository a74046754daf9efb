// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The options that name a dataset to train on: its kind, its folders, its label space.</summary>
internal sealed class DatasetOptions
{
    private readonly Option<string?> _kind = new("--dataset") { Description = "Layout of the data: camvid, or folder for images and label PNGs of the same name. Needed unless --resume finds it in RUN_DIR.", HelpName = "camvid|folder" };
    private readonly Option<string?> _data = new("--data") { Description = "Root folder; for 'folder' it holds train/images, train/labels, val/images, val/labels.", HelpName = "ROOT" };
    private readonly Option<string?> _images = new("--images") { Description = "Training images, instead of --data.", HelpName = "DIR" };
    private readonly Option<string?> _labels = new("--labels") { Description = "Training labels, instead of --data.", HelpName = "DIR" };
    private readonly Option<string?> _validationImages = new("--val-images") { Description = "Validation images; without any, the last weights are kept.", HelpName = "DIR" };
    private readonly Option<string?> _validationLabels = new("--val-labels") { Description = "Validation labels.", HelpName = "DIR" };
    private readonly Option<string?> _boostImages = new("--boost-images") { Description = "More images, crops of which are drawn around the classes of --boost-classes only.", HelpName = "DIR" };
    private readonly Option<string?> _boostLabels = new("--boost-labels") { Description = "Their labels; they may be coarse.", HelpName = "DIR" };
    private readonly Option<string?> _map = MapOption.Create();

    public DatasetOptions() => _kind.AcceptOnlyFromAmong("camvid", "folder");

    /// <summary>The options that say where the data lies; those of another place make no sense beside them.</summary>
    public IReadOnlyCollection<string> Places => [_data.Name, _images.Name, _labels.Name, _validationImages.Name, _validationLabels.Name, _boostImages.Name, _boostLabels.Name];

    public void AddTo(CliCommand command)
    {
        foreach (Option option in new Option[] { _kind, _data, _images, _labels, _validationImages, _validationLabels, _boostImages, _boostLabels, _map })
            command.Add(option);
    }

    public Dataset Read(ParseResult parsed, MLContext context)
    {
        var map = MapOption.Read(parsed.GetValue(_map));
        string? root = parsed.GetValue(_data);
        var catalog = context.SemanticSegmentation.Data;
        string? boostImages = parsed.GetValue(_boostImages), boostLabels = parsed.GetValue(_boostLabels);
        if (boostImages is null != boostLabels is null)
            throw new UsageException("--boost-images and --boost-labels go together: give both or neither.");
        var boost = boostImages is null ? null : catalog.Folder(boostImages, boostLabels);
        string kind = parsed.GetValue(_kind) ?? throw new UsageException("--dataset is missing: camvid, or folder. Only a run that is in --output already, and was started from the command line, goes on without.");
        if (kind == "camvid")
        {
            root = root ?? throw new UsageException("--dataset camvid needs --data with the folder that holds train, trainannot, val and valannot.");
            return new Dataset(map ?? LabelMaps.CamVid, catalog.CamVid(root, DatasetSplit.Train), catalog.CamVid(root, DatasetSplit.Validation), boost);
        }

        map = map ?? throw new UsageException("--dataset folder needs --map: a known label space, a CSV file, or class names with commas.");
        string images = parsed.GetValue(_images) ?? Inside("train", "images", "--images");
        string labels = parsed.GetValue(_labels) ?? Inside("train", "labels", "--labels");
        string? validationImages = parsed.GetValue(_validationImages), validationLabels = parsed.GetValue(_validationLabels);
        if (validationImages is null != validationLabels is null)
            throw new UsageException("--val-images and --val-labels go together: give both or neither.");
        if (validationImages is null && root is not null && Directory.Exists(Path.Combine(root, "val")))
            (validationImages, validationLabels) = (Inside("val", "images", "--val-images"), Inside("val", "labels", "--val-labels"));
        return new Dataset(map, catalog.Folder(images, labels), validationImages is null ? null : catalog.Folder(validationImages, validationLabels), boost);

        string Inside(string split, string kind, string option) => root is null
            ? throw new UsageException($"--dataset folder needs --data ROOT, or {option} and its partners.")
            : Path.Combine(root, split, kind);
    }
}

/// <param name="Labels">The label space.</param>
/// <param name="Train">Columns ImagePath and LabelPath.</param>
/// <param name="Validation">The same; null when there is none.</param>
/// <param name="Boost">The same, to boost classes; null when there is none.</param>
internal sealed record Dataset(LabelMap Labels, IDataView Train, IDataView? Validation, IDataView? Boost);
