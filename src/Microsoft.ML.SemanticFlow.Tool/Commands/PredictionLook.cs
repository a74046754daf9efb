// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow predict IMAGE</c>: one image with its classes over it, in the terminal and in a file beside it.</summary>
internal static class PredictionLook
{
    private const string Ending = "-overlay";

    /// <summary>Scores an image, shows it and writes its overlay under a name that no file has yet.</summary>
    /// <param name="terminal">Shows it.</param>
    /// <param name="model">The model.</param>
    /// <param name="image">The image's file.</param>
    /// <param name="inference">How the model is applied.</param>
    /// <param name="json">Whether the result is written for machines, without a picture.</param>
    /// <param name="cancellation">Ends it.</param>
    public static int Run(Terminal terminal, SegmentationModel model, string image, InferenceOptions inference, bool json, CancellationToken cancellation)
    {
        if (!File.Exists(image))
            throw new FileNotFoundException($"There is no image '{image}'.");
        string target = FreeName(image);
        OutputFile.Try(target, "The overlay");
        var prediction = model.PredictDetailed(image, PredictionDetails.Image, inference, cancellation);
        var picture = new MaskPainter().Overlay(prediction);
        picture.Save(target);

        var shares = SharesOf(prediction.Mask, model.Labels);
        if (json)
        {
            var (height, width) = (prediction.Mask.Height, prediction.Mask.Width);
            terminal.WriteJson(new { image, overlay = target, height, width, shares = shares.ToDictionary(pair => pair.Name, pair => pair.Share) });
            return ExitCode.Done;
        }

        terminal.Show(picture);
        terminal.Output.WriteLine(string.Join(", ", shares.Where(pair => pair.Share > 0).OrderByDescending(pair => pair.Share)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Line(pair.Name)} {100 * pair.Share:f1} %"))));
        terminal.Output.WriteLine($"overlay {target}");
        return ExitCode.Done;
    }

    private static (string Name, double Share)[] SharesOf(SegmentationMask mask, LabelMap labels)
    {
        var counts = new long[byte.MaxValue + 1];
        foreach (byte id in mask.Ids)
            counts[id]++;
        return [.. labels.Classes.Select((label, id) => (label.Name, (double)counts[id] / mask.Ids.Length))];
    }

    private static string FreeName(string image)
    {
        string stem = Path.Combine(Path.GetDirectoryName(image) ?? "", Path.GetFileNameWithoutExtension(image) + Ending);
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? $"{stem}.png" : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}.png"))
            .First(name => !Path.Exists(name));
    }
}
