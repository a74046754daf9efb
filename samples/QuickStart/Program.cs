// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;
using QuickStart;
using Scenes;

// Draws a data set of streets, trains a network on it, measures it, exports it to ONNX and scores a folder with the file.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
const string Output = "quickstart-output";
string data = Path.Combine(Output, "data"), modelFile = Path.Combine(Output, "street.onnx"), pictures = Path.Combine(Output, "pictures");
var labels = StreetScenes.Labels;

Say("drawing 240 scenes to train on, 20 to validate, 40 held out");
StreetScenes.Draw(data, "train", firstSeed: 0, count: 240);
StreetScenes.Draw(data, "val", firstSeed: 1000, count: 20);
StreetScenes.Draw(data, "test", firstSeed: 2000, count: 40);

Say("measuring how far a pixel's colour alone tells its class");
var baseline = new ColorBaseline(StreetScenes.Images(data, "train"), StreetScenes.Masks(data, "train"), labels)
    .Evaluate(StreetScenes.Images(data, "test"), StreetScenes.Masks(data, "test"), labels);

var ml = new MLContext(seed: 1);
IDataView Read(string split) => ml.SemanticSegmentation.Data.Folder(StreetScenes.Images(data, split), StreetScenes.Masks(data, split));

Say("choosing a recipe for the data and this machine");
var options = SemanticFlowTrainerOptions.Auto(Read("train"), TimeSpan.FromSeconds(90), new() { Labels = labels, ValidationSet = Read("val") }) with
{
    Progress = new ConsoleTrainingProgress(),
    Seed = 1,
};
foreach (string reason in options.Reasons)
    Say($"  {reason}");
Say($"training {options.Network}");
var pipeline = ml.Transforms.SemanticFlow().LoadImagesAndMasks(labels)
    .Append(ml.SemanticSegmentation.Trainers.SemanticFlow(options));
using var model = pipeline.Fit(Read("train"));

Say("evaluating on the held-out scenes");
var metrics = ml.SemanticSegmentation.Evaluate(model.Transform(Read("test")));

Say($"exporting to {modelFile}");
model.LastTransformer.Model.Save(modelFile);

Say("scoring the folder of held-out scenes with the file");
Directory.CreateDirectory(pictures);
var evaluation = new SegmentationEvaluation(labels);
using (var segmenter = SegmentationModel.Load(modelFile))
{
    foreach (string image in Directory.EnumerateFiles(StreetScenes.Images(data, "test"), "*.png").Order(StringComparer.Ordinal))
    {
        string name = Path.GetFileName(image);
        var truth = SegmentationMask.Load(Path.Combine(StreetScenes.Masks(data, "test"), name), labels);
        var prediction = segmenter.Predict(image);
        evaluation.Add(truth, prediction, name);
        SideBySide.Save(image, truth, prediction, Path.Combine(pictures, name));
    }
}

Console.WriteLine();
Console.WriteLine($"{"class",-12}  {"IoU",6}  {"by colour",9}");
for (int id = 0; id < labels.ClassCount; id++)
    Console.WriteLine($"{labels.Classes[id].Name,-12}  {metrics.PerClassIoU[id],6:f3}  {baseline[id],9:f3}");
Console.WriteLine($"{"mIoU",-12}  {metrics.MeanIoU,6:f3}  {baseline.Average(),9:f3}");
Console.WriteLine();
Console.WriteLine($"The ONNX file alone gives mIoU {evaluation.Metrics.MeanIoU:f3} on the same 40 scenes, which training never saw.");
Console.WriteLine($"Pictures (image, truth, prediction): {Path.GetFullPath(pictures)}");
Console.WriteLine($"Model: {Path.GetFullPath(modelFile)}, {clock.Elapsed.TotalSeconds:f0} s in all");

void Say(string what) => Console.Error.WriteLine($"[{clock.Elapsed.TotalSeconds,5:f1} s] {what}");
