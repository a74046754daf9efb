// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>Imports a reference tree and compares every mask with that of the original tool.</summary>
internal static class GoldenImport
{
    private static readonly Dictionary<string, string> _splits = new()
    {
        ["train"] = "train",
        ["training"] = "train",
        ["train_extra"] = "train",
        ["val"] = "val",
        ["valid"] = "val",
        ["validation"] = "val",
        ["test"] = "test",
    };

    /// <summary>Runs an import into a folder that goes with the test.</summary>
    public static AnnotationImportReport Run(TemporaryFolder folder, string input, AnnotationImportOptions options) =>
        new MLContext(seed: 1).SemanticSegmentation.Data.Import(input, folder["out"], options);

    /// <summary>Imports and compares.</summary>
    /// <param name="format">The reference's folder.</param>
    /// <param name="tree">The folder in it to import.</param>
    /// <param name="options">How.</param>
    /// <param name="samples">What is expected.</param>
    /// <param name="mask">The expected mask of a sample, below the format's folder; null for what the sample says.</param>
    /// <param name="tolerance">Pixels that may differ, by the sample's name.</param>
    public static AnnotationImportReport Check(
        string format, string tree, AnnotationImportOptions options, JsonElement samples, Func<JsonElement, string>? mask = null, Func<string, int>? tolerance = null)
    {
        using var folder = new TemporaryFolder();
        var report = Run(folder, GoldenData.File("annotations", format, tree), options);

        int count = 0;
        foreach (var sample in samples.EnumerateArray())
        {
            string name = sample.GetProperty("name").GetString()!;
            string expected = mask?.Invoke(sample) ?? sample.GetProperty("mask").GetString()!;
            string? newest = Newest(format, expected);
            var (split, rest) = name.Split('/', 2) is [var first, var below] && _splits.TryGetValue(first, out string? known)
                ? (known, below)
                : (sample.TryGetProperty("split", out var said) ? _splits[said.GetString()!] : "train", name);
            string image = sample.GetProperty("image").GetString()!;
            string ending = Path.GetExtension(image);
            bool isWithEnding = Path.GetExtension(rest) == ending && !image.EndsWith(rest + ending, StringComparison.Ordinal);
            string stem = isWithEnding ? Path.ChangeExtension(rest, null) : rest;
            var actual = PngIndexReader.Read(folder["out", split, "labels", stem + ".png"]);
            var wanted = PngIndexReader.Read(GoldenData.File("annotations", format, newest ?? expected));

            Assert.AreEqual((wanted.Height, wanted.Width), (actual.Height, actual.Width), name);
            Assert.IsTrue(actual.IsPalette && actual.BitDepth == 8, name);
            if (tolerance?.Invoke(name) is > 0 and var most)
                Assert.IsLessThanOrEqualTo(most, wanted.Samples.Zip(actual.Samples).Count(pair => pair.First != pair.Second), name);
            else
                PixelAssert.AreEqual(wanted.Samples, actual.Samples, wanted.Width, channels: 1, $"{format} {name}");
            Assert.IsNotEmpty(Directory.GetFiles(Path.GetDirectoryName(folder["out", split, "images", stem])!, Path.GetFileName(stem) + ".*"), name);
            count++;
        }

        Assert.AreEqual(samples.GetArrayLength(), count);
        return report;
    }

    /// <summary>Imports, reads the masks by the table of classes, and compares with the train ids of the original tool.</summary>
    /// <param name="format">The reference's folder.</param>
    /// <param name="tree">The folder in it to import.</param>
    /// <param name="options">How.</param>
    /// <param name="samples">What is expected.</param>
    /// <param name="ending">How the expected files end.</param>
    public static void CheckTranslated(string format, string tree, AnnotationImportOptions options, JsonElement samples, string ending)
    {
        using var folder = new TemporaryFolder();
        var report = Run(folder, GoldenData.File("annotations", format, tree), options);
        string[] files = Directory.GetFiles(GoldenData.File("annotations", format, "expected"), "*" + ending, SearchOption.AllDirectories);

        int newer = 0;
        foreach (var sample in samples.EnumerateArray())
        {
            string name = sample.GetProperty("name").GetString()!;
            string file = Path.GetFileName(name) + ending;
            string expected = files.Where(path => Path.GetFileName(path) == file).OrderBy(path => path.Contains("pillow_12.3.0", StringComparison.Ordinal) ? 0 : 1).First();
            newer += expected.Contains("pillow_12.3.0", StringComparison.Ordinal) ? 1 : 0;
            string[] parts = name.Split('/', 2);
            var actual = SegmentationMask.Load(folder["out", _splits[parts[0]], "labels", parts[1] + ".png"], report.Labels);

            PixelAssert.AreEqual(PngIndexReader.Read(expected).Samples, actual.Ids, actual.Width, channels: 1, $"{format} {name}");
        }

        Assert.IsGreaterThan(0, newer + samples.GetArrayLength());
    }

    /// <summary>The file of an IDD sample's ids of a kind.</summary>
    public static string IddMask(JsonElement sample, string kind)
    {
        string[] parts = sample.GetProperty("name").GetString()!.Split('/');
        return $"expected/{parts[0]}/{parts[^1]}_gtFine_{kind}.png";
    }

    /// <summary>The root of a reference's expectations.</summary>
    public static JsonElement Expected(string format) => GoldenData.Json("annotations", format, "expected", "expected.json");

    /// <summary>The mask of the tool's newer version, where that paints otherwise.</summary>
    private static string? Newest(string format, string expected)
    {
        foreach (string version in (string[])["pillow_12.3.0", "opencv_4.13.0"])
        {
            string path = expected.Replace("expected/", $"expected/{version}/", StringComparison.Ordinal);
            if (File.Exists(GoldenData.File("annotations", format, path)))
                return path;
        }

        return null;
    }
}
