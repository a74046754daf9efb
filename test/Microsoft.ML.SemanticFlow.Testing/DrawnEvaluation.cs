// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>An evaluation of drawn images, whose pictures can be read again.</summary>
/// <remarks>
/// The ground truth has a stripe of columns for each class. Of image i the first 2 i rows are predicted as the next class: the first is right, the last is worst.
/// </remarks>
public sealed class DrawnEvaluation : IDisposable
{
    /// <summary>Rows and columns of every image.</summary>
    public const int Height = 48, Width = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, int> _indices = [];

    /// <summary>Draws and counts.</summary>
    /// <param name="images">How many images.</param>
    /// <param name="labels">The classes; null for sky, road and tree.</param>
    /// <param name="nameOf">Names the images; null for image-0.png and so on.</param>
    public DrawnEvaluation(int images = 6, LabelMap? labels = null, Func<int, string>? nameOf = null)
    {
        Labels = labels ?? LabelMap.FromClassNames("drawn", "sky", "road", "tree");
        Evaluation = new SegmentationEvaluation(Labels, new SegmentationEvaluationOptions
        {
            Calibration = new SegmentationCalibrationOptions(),
            Boundaries = new SegmentationBoundaryOptions(),
            ErrorSplit = new SegmentationErrorSplitOptions(),
            Suspects = new SegmentationSuspectOptions { Confidence = 0.5, SmallestRegion = 4 },
        });
        for (int i = 0; i < images; i++)
        {
            string name = nameOf?.Invoke(i) ?? $"image-{i}.png";
            _indices.Add(name, i);
            Evaluation.Add(TruthOf(), PredictionOf(i), name, i % 2 == 0 ? "even" : "odd", new SegmentationEvidence { Confidence = Confidence() });
            DrawPhoto(_folder[$"{i}.png"], i);
        }
    }

    /// <summary>The classes.</summary>
    public LabelMap Labels { get; }

    /// <summary>All images, counted.</summary>
    public SegmentationEvaluation Evaluation { get; }

    /// <summary>A folder for pages.</summary>
    public TemporaryFolder Folder => _folder;

    /// <summary>Writes the page, with pictures.</summary>
    /// <returns>Its path.</returns>
    public string SaveReport(string name = "report.html")
    {
        Evaluation.SaveReport(_folder[name], new SegmentationReportOptions
        {
            Title = "Drawn scenes",
            Command = "semanticflow evaluate --model 'my model.onnx' --report report.html",
            Facts = [new("Model", "network", "sfnet-r18"), new("Data", "images", "drawn"), new("Machine", "processors", "2")],
            Images = Show,
        });
        return _folder[name];
    }

    /// <summary>Gives an image again.</summary>
    public SegmentationReportImage? Show(string name)
    {
        int index = _indices[name];
        return new SegmentationReportImage { ImagePath = _folder[$"{index}.png"], Truth = TruthOf(), Prediction = PredictionOf(index), Confidence = Confidence() };
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private SegmentationMask TruthOf() => MaskOf(wrongRows: 0);

    private SegmentationMask PredictionOf(int index) => MaskOf(Math.Min(Height, 2 * index));

    private static float[] Confidence() => [.. Enumerable.Range(0, Height * Width).Select(i => 0.4f + (0.6f * (i % Width) / Width))];

    private SegmentationMask MaskOf(int wrongRows)
    {
        var ids = new byte[Height * Width];
        for (int i = 0; i < ids.Length; i++)
        {
            int id = i % Width * Labels.ClassCount / Width;
            ids[i] = (byte)(i / Width < wrongRows ? (id + 1) % Labels.ClassCount : id);
        }

        return new SegmentationMask(Height, Width, ids, Labels);
    }

    private static void DrawPhoto(string path, int index)
    {
        var image = new PixelImage(Height, Width);
        for (int i = 0; i < Height * Width; i++)
        {
            (image.Bgra[4 * i], image.Bgra[(4 * i) + 1], image.Bgra[(4 * i) + 2]) = ((byte)(4 * (i % Width)), (byte)(5 * (i / Width)), (byte)(20 * index));
            image.Bgra[(4 * i) + 3] = 255;
        }

        ImageCodec.SavePng(image, path);
    }
}
