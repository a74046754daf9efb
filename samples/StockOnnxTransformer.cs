// Licensed under the MIT License.
// See LICENSE in the project root for license information.

// Scores a folder with ML.NET's own transforms alone, ApplyOnnxModel among them, and says how many pixels get the label that this library gives them,
// and what an image takes either way.
//   dotnet run samples/StockOnnxTransformer.cs [MODEL.onnx IMAGES OUTPUT]
// The file takes planes from 0 to 255, and has one size:
//   semanticflow export --model runs/street --output runs/street/logits.onnx --form logits --normalization graph --height 128 --width 160
#:project ../src/Microsoft.ML.SemanticFlow
#:package Microsoft.ML.OnnxTransformer
#:property SemanticFlowScores=true
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (file, images, output) = args is [var a, var b, var c] ? (a, b, c) : ("runs/street/logits.onnx", "street-scenes/val/images", "street-stock");
if (!File.Exists(file))
{
    Console.Error.WriteLine($"There is no model '{file}'. The head of this program says how it is exported.");
    return 2;
}

using var model = SegmentationModel.Load(file);
if (model is not { Form: OnnxForm.Logits, Normalization: OnnxNormalization.Graph, Height: { } height, Width: { } width })
{
    Console.Error.WriteLine($"{file} is not of the form logits, of one size and with the normalisation in the graph. Export it as the head of this program says.");
    return 2;
}

var ml = new MLContext(seed: 1);
var data = ml.SemanticSegmentation.Data.Folder(images);
var resized = ml.Transforms.LoadImages("file", null, "ImagePath").Append(ml.Transforms.ResizeImages("resized", width, height, "file"));
var stock = resized
    .Append(ml.Transforms.ExtractPixels("image", "resized"))                // red, green and blue planes, 0 to 255
    .Append(ml.Transforms.ApplyOnnxModel("logits", "image", file)).Fit(data).Transform(data);
var ours = resized.Append(ml.Transforms.SemanticFlow(file, inputColumnName: "resized")).Fit(data).Transform(data);

var (labels, stockTime) = Timed(stock.GetColumn<float[]>("logits").Select(logits => LargestOf(logits, model.Labels.ClassCount)));
var (expected, ownTime) = Timed(ours.GetColumn<SegmentationMask>("PredictedLabel"));
Directory.CreateDirectory(output);
long alike = 0;
foreach (var (image, ids, mask) in data.GetColumn<string>("ImagePath").Zip(labels, expected))
{
    new SegmentationMask(height, width, ids, model.Labels).SaveColor(Path.Combine(output, Path.GetFileNameWithoutExtension(image) + ".png"));
    for (int pixel = 0; pixel < ids.Length; pixel++)
        alike += ids[pixel] == mask.Ids[pixel] ? 1 : 0;
}

Console.WriteLine($"{alike} of {(long)labels.Length * height * width} pixels get the label that this library's scorer gives them.");
Console.WriteLine($"{stockTime:f1} ms an image by ApplyOnnxModel, {ownTime:f1} ms by this library.");
return 0;

// All values of a column, and the milliseconds that each took to be read, resized and scored: in the fastest of three passes, the first of which opens the model.
static (T[] Values, double Milliseconds) Timed<T>(IEnumerable<T> column)
{
    T[] values = [];
    double best = double.PositiveInfinity;
    for (int pass = 0; pass < 3; pass++)
    {
        var clock = Stopwatch.StartNew();
        values = [.. column];
        best = Math.Min(best, clock.Elapsed.TotalMilliseconds / values.Length);
    }

    return (values, best);
}

// The class of the largest score at each pixel, of [K, H, W].
static byte[] LargestOf(float[] logits, int classes)
{
    var largest = new byte[logits.Length / classes];
    for (int pixel = 0; pixel < largest.Length; pixel++)
    {
        int best = 0;
        for (int id = 1; id < classes; id++)
        {
            if (logits[(id * largest.Length) + pixel] > logits[(best * largest.Length) + pixel])
                best = id;
        }

        largest[pixel] = (byte)best;
    }

    return largest;
}
