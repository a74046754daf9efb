// Trains a network on folders of images and masks, measures it, and writes RUN/model.onnx.
//   dotnet run -c Release -- DATA RUN MINUTES
// DATA holds train/images, train/labels (8-bit PNG of class ids, with the images' names) and classes.csv (name,raw_id,train_id,r,g,b);
// and val/images, val/labels, or else a part of the training images is held out to validate on.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;

if (args is not [var data, var run, var text] || !double.TryParse(text, CultureInfo.InvariantCulture, out double minutes))
{
    Console.Error.WriteLine("Usage: dotnet run -c Release -- DATA RUN MINUTES");
    return 1;
}

if (SegmentationDatasets.Folder.ReadLabels(data) is not { } labels)
{
    Console.Error.WriteLine($"There is no classes.csv in '{data}'. It says what the ids in the masks mean: name,raw_id,train_id,r,g,b in each line.");
    return 2;
}

var ml = new MLContext(seed: 1);
var train = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, data, DatasetSplit.Train);
IDataView validation;
if (Directory.Exists(Path.Combine(data, "val")))
    validation = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, data, DatasetSplit.Validation);
else
    (train, validation) = ml.SemanticSegmentation.HoldOut(train);

// Network, sizes, loss and rates that suit the data, this machine and the time. Each can be set in the braces below.
var options = SemanticFlowTrainerOptions.Auto(train, TimeSpan.FromMinutes(minutes), new() { Labels = labels, ValidationSet = validation }) with
{
    Run = new TrainingRun(run),
    Progress = new ConsoleTrainingProgress(),
};
foreach (string reason in options.Reasons)
    Console.Error.WriteLine(reason);

using var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks(labels)
    .Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options))
    .Fit(train);

var metrics = ml.SemanticSegmentation.Evaluate(model.Transform(validation));
Console.WriteLine(metrics.GetFormattedTable());
Console.WriteLine($"The model is {Path.Combine(run, "model.onnx")}; {Path.Combine(run, "run.html")} shows how it learned.");
return 0;
