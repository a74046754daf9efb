// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Interactive;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Interactive;

/// <summary>What a notebook shows, by the formatters that its kernel calls.</summary>
[TestClass]
public sealed partial class SegmentationFormattersTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("two", "sky", "<script>alert(1)</script>&");

    [ClassInitialize]
    public static void Register(TestContext context) => SegmentationFormatters.Register();

    [TestMethod]
    [DataRow(typeof(SegmentationMask))]
    [DataRow(typeof(SegmentationPicture))]
    [DataRow(typeof(SegmentationFlow))]
    [DataRow(typeof(SegmentationPrediction))]
    [DataRow(typeof(SemanticSegmentationMetrics))]
    [DataRow(typeof(SegmentationEvaluation))]
    [DataRow(typeof(MLImage))]
    public void Register_EveryType_IsShownAsHtmlFirst(Type type) => Assert.AreEqual("text/html", Formatter.GetPreferredMimeTypesFor(type).First());

    // One pixel in four is of the second class.
    [TestMethod]
    public void Mask_Html_IsItsPictureAndItsClassesWithTheirNamesEscaped()
    {
        var mask = new SegmentationMask(2, 2, [0, 0, 0, 1], _labels);

        string html = mask.ToDisplayString("text/html");

        var picture = PictureOf(html);
        Assert.AreEqual((2, 2), (picture.Height, picture.Width));
        Assert.AreEqual(_labels.Classes[1].Color, picture[1, 1]);
        StringAssert.Contains(html, "sky 75.0 %");
        StringAssert.Contains(html, "&lt;script&gt;alert(1)&lt;/script&gt;&amp; 25.0 %");
        Assert.DoesNotContain("<script", html);
        Assert.AreEqual("2 x 2 (height x width), two (2 classes)", mask.ToDisplayString("text/plain"));
    }

    [TestMethod]
    public void Mask_Large_IsShownSmall()
    {
        var mask = new SegmentationMask(600, 3000, new byte[600 * 3000]);

        var picture = PictureOf(mask.ToDisplayString("text/html"));

        Assert.AreEqual((128, 640), (picture.Height, picture.Width));
    }

    [TestMethod]
    public void Image_BothWays_IsShown()
    {
        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, [10, 20, 30, 255, 40, 50, 60, 255]);

        foreach (string html in (string[])[image.ToDisplayString("text/html"), SegmentationPicture.FromImage(image).ToDisplayString("text/html")])
            Assert.AreEqual((new RgbColor(10, 20, 30), new RgbColor(40, 50, 60)), (PictureOf(html)[0, 0], PictureOf(html)[0, 1]));
        Assert.AreEqual("1 x 2 (height x width)", image.ToDisplayString("text/plain"));
    }

    // Two of four pixels right; sky: 1 of 1 + 2, the other class: 1 of 1 + 2.
    [TestMethod]
    public void MetricsAndEvaluation_Html_AreATableWithNamesEscaped()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(new SegmentationMask(1, 4, [0, 0, 1, 1], _labels), new SegmentationMask(1, 4, [0, 1, 0, 1], _labels));

        string html = evaluation.ToDisplayString("text/html");

        StringAssert.Contains(html, "<p>1 image</p>");
        StringAssert.Contains(html, "<b>Mean IoU 0.3333</b>, pixel accuracy 0.5000");
        StringAssert.Contains(html, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;</td><td style=\"padding-left:16px\">0.3333</td><td style=\"padding-left:16px\">0.5000</td>");
        Assert.DoesNotContain("<script", html);
        StringAssert.Contains(evaluation.Metrics.ToDisplayString("text/html"), "Mean IoU 0.3333");
        Assert.AreEqual(evaluation.Metrics.GetFormattedTable(), evaluation.ToDisplayString("text/plain"));
    }

    [TestMethod]
    [DataRow(PredictionDetails.None, 1)]
    [DataRow(PredictionDetails.Image, 1)]
    [DataRow(PredictionDetails.Confidence | PredictionDetails.Image, 2)]
    [DataRow(PredictionDetails.Confidence | PredictionDetails.Probabilities | PredictionDetails.Image | PredictionDetails.Flow, 4)]
    public void Prediction_Html_ShowsWhatWasAskedFor(PredictionDetails details, int pictures)
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);
        using var model = SegmentationModel.Load(FlowModel.ToBytes());

        var prediction = model.PredictDetailed(folder["a.png"], details);

        Assert.AreEqual(details, prediction.Details);
        Assert.HasCount(pictures, Pictures().Matches(prediction.ToDisplayString("text/html")));
        Assert.AreEqual("40 x 56 (height x width), channels (3 classes)", prediction.ToDisplayString("text/plain"));
    }

    [TestMethod]
    public void Flow_Text_SaysItsSize()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);
        using var model = SegmentationModel.Load(FlowModel.ToBytes());

        var flow = model.PredictDetailed(folder["a.png"], PredictionDetails.Flow).Flow;

        StringAssert.StartsWith(flow.ToDisplayString("text/plain"), "flow of 40 x 56 cells (height x width), the longest ");
        Assert.AreEqual(56, PictureOf(flow.ToDisplayString("text/html")).Width);
    }

    private static SegmentationPicture PictureOf(string html) => SegmentationPicture.Load(Convert.FromBase64String(Pictures().Match(html).Groups[1].Value));

    [GeneratedRegex("src=\"data:image/(?:png|jpeg);base64,([^\"]+)\"")]
    private static partial Regex Pictures();
}
