// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

// Scores a folder of images with ML.NET's own transforms alone, paints the masks, and says how many pixels this library's scorer labels alike.
//   StockTransforms MODEL.onnx IMAGES OUTPUT
// The file takes planes from 0 to 255, and has one size:
//   semanticflow export --model RUN --output MODEL.onnx --form logits --normalization graph --height 360 --width 480
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (file, images, output) = (args[0], args[1], args[2]);
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
    .Append(ml.Transforms.ApplyOnnxModel("logits", "image", file));
var ours = resized.Append(ml.Transforms.SemanticFlow(file, inputColumnName: "resized"));

Directory.CreateDirectory(output);
long alike = 0, all = 0;
var rows = data.GetColumn<string>("ImagePath").Zip(
    stock.Fit(data).Transform(data).GetColumn<float[]>("logits"),
    ours.Fit(data).Transform(data).GetColumn<SegmentationMask>("PredictedLabel"));
foreach (var (image, logits, expected) in rows)
{
    var mask = new SegmentationMask(height, width, LargestOf(logits, model.Labels.ClassCount), model.Labels);
    mask.SaveColor(Path.Combine(output, Path.GetFileNameWithoutExtension(image) + ".png"));
    alike += mask.Ids.ToArray().Zip(expected.Ids.ToArray()).Count(pair => pair.First == pair.Second);
    all += mask.Ids.Length;
}

Console.WriteLine($"{alike} of {all} pixels get the label that this library's scorer gives them.");
return 0;

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
