// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Scores a folder of images, with its subfolders, on all cores: a mask for each image, and one table of the shares of its classes.
//   dotnet run samples/BatchScoring.cs [MODEL IMAGES OUTPUT]
// Stop it whenever you like, with Ctrl-C or kill -9: the next start goes on with the images that are missing.
#:project ../src/Microsoft.ML.SemanticFlow
#:property SemanticFlowScores=true
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (file, images, output) = args is [var a, var b, var c] ? (a, b, c) : ("runs/street/model.onnx", "street-scenes/val/images", "street-masks");
if (!File.Exists(file))
{
    Console.Error.WriteLine($"There is no model '{file}'. samples/TrainOnYourFolders.cs makes one, or name yours: MODEL IMAGES OUTPUT.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var ml = new MLContext();
using var model = SegmentationModel.Load(file);
try
{
    var report = ml.SemanticSegmentation.ScoreFolder(model, images, output, new FolderScoringOptions
    {
        // The mask, and a row of the table beside it; the ledger knows the images that have both.
        Outputs = [FolderOutput.Mask(), new FolderOutput([".csv"], PredictionDetails.None, SaveShares)],
        KeepsLedger = true,
        Reading = new ReadingOptions { SkipFaulty = true },
        CancellationToken = stop.Token,
    });
    foreach (var skipped in report.Skipped)
        Console.Error.WriteLine($"left out: {skipped.Path}: {skipped.Reason}");

    var rows = Directory.EnumerateFiles(output, "*.csv", SearchOption.AllDirectories).Where(path => Path.GetFullPath(path) != Path.GetFullPath(Table()));
    File.WriteAllLines(Table(), [Row(["image", .. model.Labels.Classes.Select(label => label.Name)]), .. rows.Order(StringComparer.Ordinal).Select(File.ReadAllText)]);
    Console.WriteLine($"{report.ImageCount} images: {report.WrittenCount} scored, {report.ExistingCount} were done before, {report.Skipped.Count} left out.");
    Console.WriteLine($"Shares of the classes: {Table()}");
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine($"Stopped. What is scored stays in {output}; the same command goes on.");
    return 130;
}

string Table() => Path.Combine(output, "shares.csv");

// A file of one line for each image, named as its mask.
void SaveShares(ScoredImage image)
{
    var counts = new int[model.Labels.ClassCount];
    foreach (byte id in image.Prediction.Mask.Ids)
        counts[id]++;
    double all = image.Prediction.Mask.Ids.Length;
    File.WriteAllText(image.PathOf(".csv"), Row([image.Name, .. counts.Select(count => (count / all).ToString("0.####", CultureInfo.InvariantCulture))]));
}

// As RFC 4180 has it: a comma or a quote in a name is no end of its field.
static string Row(IEnumerable<string> fields) => string.Join(',', fields.Select(field => field.AsSpan().ContainsAny(",\"\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field));
