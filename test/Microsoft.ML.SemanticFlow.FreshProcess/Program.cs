// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

// Loads a saved pipeline as an application would that has the scoring package and never heard of its types, scores one
// image, and prints height, width and SHA-256 of the mask.
//   FreshProcess PIPELINE.zip IMAGE
var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
return Scored.Print(ml, model, args[1]);

internal static class Scored
{
    // A method of its own: the runtime loads the library when this one is compiled, after the pipeline has loaded.
    public static int Print(MLContext ml, ITransformer model, string image)
    {
        var rows = ml.Data.LoadFromEnumerable([new { ImagePath = image }]);
        var mask = model.Transform(rows).GetColumn<SegmentationMask>("PredictedLabel").Single();
        Console.WriteLine($"{mask.Height} {mask.Width} {Convert.ToHexString(SHA256.HashData(mask.Ids))}");
        return 0;
    }
}
