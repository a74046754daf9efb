// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Measures a model on images with ground truth, prints the figures, and writes a page to look at: scores, confusions, the worst images under a slider.
//   dotnet run samples/EvaluateAndReport.cs [MODEL IMAGES LABELS REPORT.html]
#:project ../src/Microsoft.ML.SemanticFlow
#:property SemanticFlowScores=true
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML.SemanticFlow;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (file, images, labels, page) = args is [var a, var b, var c, var d]
    ? (a, b, c, d)
    : ("runs/street/model.onnx", "street-scenes/val/images", "street-scenes/val/labels", "street-report.html");
if (!File.Exists(file))
{
    Console.Error.WriteLine($"There is no model '{file}'. samples/TrainOnYourFolders.cs makes one, or name yours: MODEL IMAGES LABELS REPORT.html.");
    return 2;
}

using var model = SegmentationModel.Load(file);
var evaluation = new SegmentationEvaluation(model.Labels, new SegmentationEvaluationOptions
{
    Boundaries = new(),         // how well borders are met
    ErrorSplit = new(),         // what is lost at borders, in the extent of regions, to whole regions
    Calibration = new(),        // whether confidence is how often the model is right
});
foreach (string label in Directory.EnumerateFiles(labels, "*.png").Order(StringComparer.Ordinal))
{
    string name = Path.GetFileName(label);
    var prediction = model.PredictDetailed(ImageOf(name), PredictionDetails.Confidence);
    evaluation.Add(TruthOf(name), prediction.Mask, name, evidence: prediction.ToEvidence());
}

var intervals = SegmentationIntervals.Estimate(evaluation);
Console.WriteLine(evaluation.Metrics.GetFormattedTable());
var (lower, upper) = (intervals.MeanIoU.Lower, intervals.MeanIoU.Upper);
Console.WriteLine($"mIoU {evaluation.Metrics.MeanIoU:f3}, with 95 % confidence from {lower:f3} to {upper:f3} over {evaluation.ImageCount} images");
Console.WriteLine($"boundary IoU {evaluation.Boundaries!.MeanBoundaryIoU:f3}, expected calibration error {evaluation.Calibration!.ExpectedError:f3}");
foreach (var confusion in evaluation.Metrics.GetLargestConfusions(3))
    Console.WriteLine($"- {confusion}");
foreach (var ranked in evaluation.RankImages().Take(3))
    Console.WriteLine($"- {ranked.Image.Name}: {ranked.Reason}");

evaluation.SaveReport(page, new SegmentationReportOptions
{
    Title = $"{Path.GetFileName(file)} on {Path.GetFileName(Path.GetFullPath(images))}",
    Images = name => new SegmentationReportImage { ImagePath = ImageOf(name), Truth = TruthOf(name), Prediction = model.Predict(ImageOf(name)) },
});
Console.WriteLine($"Page: {page}");
return 0;

string ImageOf(string name) => Directory.EnumerateFiles(images, Path.ChangeExtension(name, ".*")).First();

SegmentationMask TruthOf(string name) => SegmentationMask.Load(Path.Combine(labels, name), model.Labels);
