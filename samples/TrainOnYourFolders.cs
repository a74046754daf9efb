// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Trains a network on folders of yours: ROOT/{train,val}/{images,labels} and ROOT/classes.csv (name,raw_id,train_id,r,g,b).
//   dotnet run samples/TrainOnYourFolders.cs [ROOT [MINUTES [RUN]]]
// Without ROOT it draws streets and trains on them for two minutes. RUN gets model.onnx, run.html to look at, and all that a run leaves.
#:project Scenes
#:project ../src/Microsoft.ML.SemanticFlow.Training
#:property SemanticFlowTrains=true
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;
using Scenes;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string root = args.Length > 0 ? args[0] : StreetScenes.Prepare("street-scenes");
var time = TimeSpan.FromMinutes(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 2);
string run = args.Length > 2 ? args[2] : "runs/street";
if (Directory.Exists(run))
{
    Console.Error.WriteLine($"{run} is there already. Name another folder for the run, or take that one away.");
    return 2;
}

var ml = new MLContext(seed: 1);
var train = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, root, DatasetSplit.Train);
var validation = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, root, DatasetSplit.Validation);

// Looks at the images and at this machine, and chooses; what you want otherwise, you say in the braces.
var options = SemanticFlowTrainerOptions.Auto(train, time, new() { ValidationSet = validation }) with
{
    Run = new TrainingRun(run),
    Progress = new ConsoleTrainingProgress(Console.Error),
    Seed = 1,
};
foreach (string reason in options.Reasons)
    Console.WriteLine($"- {reason}");

// Fit gives what scores: the best weights as an ONNX file. What is measured here is what is shipped.
var pipeline = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options));
using var model = pipeline.Fit(train);
var metrics = ml.SemanticSegmentation.Evaluate(model.Transform(validation));
Console.WriteLine(metrics.GetFormattedTable());
Console.WriteLine($"Model: {Path.Combine(run, "model.onnx")}. Page of the run: {Path.Combine(run, "run.html")}.");
return 0;
