// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Trains on from weights that somebody else made: a network's whole checkpoint, or a backbone's.
//   dotnet run samples/FineTuneFromCheckpoint.cs                                                        streets, from ImageNet's weights
//   dotnet run samples/FineTuneFromCheckpoint.cs sfnet-r18 network sf_r18.pth [ROOT [EPOCHS [RUN]]]       the authors', with other classes too
//   dotnet run samples/FineTuneFromCheckpoint.cs sfnet-lite-r18-torchvision backbone resnet18.pth [...]   torchvision's
// docs/networks.md links the authors' files. Nothing in a file is run; what does not fit is refused, with every fault named.
#:project Scenes
#:project ../src/Microsoft.ML.SemanticFlow.Training
#:property SemanticFlowTrains=true
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;
using Scenes;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var network = SegmentationNetworks.Get(args.Length > 0 ? args[0] : "sfnet-lite-r18-mlnet");
bool whole = args.Length > 1 && args[1] == "network";
string weights = args.Length > 2 ? args[2] : "imagenet";
string root = args.Length > 3 ? args[3] : StreetScenes.Prepare("street-scenes");
int epochs = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 3;
string run = args.Length > 5 ? args[5] : $"runs/{network.Id}";

var ml = new MLContext(seed: 1);
ml.Log += (_, said) =>                                          // which tensors were taken, which classes are learnt anew
{
    if (said.Kind >= Microsoft.ML.Runtime.ChannelMessageKind.Info && said.Message.Contains("weights", StringComparison.OrdinalIgnoreCase))
        Console.WriteLine(said.Message);
};
var train = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, root, DatasetSplit.Train);
var validation = ml.SemanticSegmentation.Data.Load(SegmentationDatasets.Folder, root, DatasetSplit.Validation);
var options = new SemanticFlowTrainerOptions
{
    Network = network,
    InitialWeights = whole ? weights : null,
    BackboneWeights = whole ? null : weights,
    Epochs = epochs,
    BatchSize = 4,
    CropHeight = 128,
    CropWidth = 128,
    Loss = new CrossEntropyLoss(),                              // the default, of hard pixels, is made for large crops
    Optimizer = new AdamW { LearningRate = 0.0005, BackboneLearningRateFactor = 0.3 },      // what is learnt already moves less
    FreezeBatchNorm = whole,                                    // in small batches the file's statistics are the better ones
    ValidationSet = validation,
    ValidationInterval = epochs,
    Run = new TrainingRun(run),
    Progress = new ConsoleTrainingProgress(Console.Error),
    Seed = 1,
};
using var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options)).Fit(train);
var metrics = ml.SemanticSegmentation.Evaluate(model.Transform(validation));
Console.WriteLine($"mIoU after {epochs} epochs from {weights}: {metrics.MeanIoU:f3}. Model: {Path.Combine(run, "model.onnx")}.");
