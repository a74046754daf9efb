// Scores the images of a folder and its subfolders: masks, overlays, and the share of each class as CSV. Stopped, it goes on where it was.
//   dotnet run -c Release -- MODEL.onnx IMAGES OUTPUT
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.SemanticFlow;

const string SharesEnding = "-shares.csv";

if (args is not [var modelFile, var images, var output])
{
    Console.Error.WriteLine("Usage: dotnet run -c Release -- MODEL.onnx IMAGES OUTPUT");
    return 1;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var ml = new MLContext();
using var model = SegmentationModel.Load(modelFile);
var shares = new FolderOutput([SharesEnding], PredictionDetails.None, image => File.WriteAllLines(image.PathOf(SharesEnding), SharesOf(image.Prediction.Mask)));
try
{
    var report = ml.SemanticSegmentation.ScoreFolder(model, images, output, new FolderScoringOptions
    {
        Outputs = [shares, FolderOutput.Overlay(), FolderOutput.Mask()],
        KeepsLedger = true,
        Reading = new ReadingOptions { SkipFaulty = true },
        Progress = new Progress<(int Done, int Total)>(at => Console.Error.WriteLine($"{at.Done} of {at.Total}")),
        CancellationToken = stop.Token,
    });
    foreach (var file in report.Skipped)
        Console.Error.WriteLine($"Skipped '{file.Path}': {file.Reason}");
    Console.WriteLine($"{report.WrittenCount} of {report.ImageCount} images scored in {report.Elapsed.TotalSeconds:f1} s, {report.ExistingCount} were there before.");
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. Start it again with the same folders to go on.");
    return 130;
}

IEnumerable<string> SharesOf(SegmentationMask mask)
{
    var counts = new long[256];
    foreach (byte id in mask.Ids)
        counts[id]++;
    double pixels = mask.Ids.Length;
    return ["class,share", .. model.Labels.Classes.Select((label, id) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{label.Name.Replace("\"", "\"\"")}\",{counts[id] / pixels:f6}"))];
}
