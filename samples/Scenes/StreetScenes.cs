// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow;

namespace Scenes;

/// <summary>A data set of drawn streets for samples to work on: train, val and test, each with a folder of images and one of labels, and classes.csv.</summary>
public static class StreetScenes
{
    public const int Height = 128;
    public const int Width = 160;

    private const string Table = """
        name,raw_id,train_id,r,g,b
        Sky,0,0,70,130,180
        Building,1,1,140,70,60
        Road,2,2,128,64,128
        Sidewalk,3,3,244,35,232
        Vegetation,4,4,107,142,35
        Car,5,5,0,0,142
        Pole,6,6,220,220,0

        """;

    public static LabelMap Labels { get; } = LabelMap.Parse("Street scenes", Table);

    public static string Images(string root, string split) => Path.Combine(root, split, "images");

    public static string Masks(string root, string split) => Path.Combine(root, split, "labels");

    /// <summary>Draws 120 scenes to train on and 20 to validate, unless the folder is there.</summary>
    /// <returns>The folder.</returns>
    public static string Prepare(string root)
    {
        if (!File.Exists(Path.Combine(root, "classes.csv")))
        {
            Draw(root, "train", firstSeed: 0, count: 120);
            Draw(root, "val", firstSeed: 1000, count: 20);
            File.WriteAllText(Path.Combine(root, "classes.csv"), Table);    // last: a folder that has it is whole
        }

        return root;
    }

    /// <summary>Draws the scenes of one split; the same seed gives the same files.</summary>
    public static void Draw(string root, string split, int firstSeed, int count)
    {
        Directory.CreateDirectory(Images(root, split));
        Directory.CreateDirectory(Masks(root, split));
        Parallel.For(0, count, i =>
        {
            var (bgra, ids) = Scene.Draw(firstSeed + i, Height, Width);
            using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Bgra32, bgra);
            image.Save(Path.Combine(Images(root, split), $"{i:d3}.png"));
            new SegmentationMask(Height, Width, ids, Labels).Save(Path.Combine(Masks(root, split), $"{i:d3}.png"));
        });
    }
}
