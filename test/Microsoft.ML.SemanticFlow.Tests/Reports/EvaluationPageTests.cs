// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Reports;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Reports;

[TestClass]
public sealed class EvaluationPageTests
{
    private const string Script = "<script>alert(1)</script>", Quotes = "a\"b'c & d", RightToLeft = "מדרכה";

    private static readonly string _long = new('x', 200);

    [TestMethod]
    public void SaveReport_NamesOfStrangers_AreTextAndNothingElse()
    {
        string[] names = [Script, Quotes, RightToLeft, _long];
        using var drawn = new DrawnEvaluation(images: 4, LabelMap.FromClassNames(Script, names), i => $"{names[i]}.png");

        string page = File.ReadAllText(drawn.SaveReport());

        PageText.Parse(page);
        Assert.HasCount(2, Regex.Matches(page, "<script")); // its numbers, and what reads them
        Assert.DoesNotContain("alert(1)</script>", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.Contains("a&quot;b&#39;c &amp; d", page);
        Assert.Contains($"<bdi>{RightToLeft}</bdi>", page);
        Assert.Contains(_long, page);
    }

    [TestMethod]
    public void SaveReport_Policy_NamesItsStyleAndItsScriptByHash()
    {
        using var drawn = new DrawnEvaluation();

        string page = File.ReadAllText(drawn.SaveReport());

        Assert.Contains(
            $"content=\"default-src 'none'; img-src data:; style-src {HashOf("style")}; script-src {HashOf("script")}; base-uri 'none'; form-action 'none'\"", page);
        Assert.DoesNotContain(" style=\"", page);
        Assert.DoesNotContain(" onclick=", page);

        string HashOf(string element)
        {
            string content = Regex.Match(page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
        }
    }

    [TestMethod]
    public void SaveReport_Figures_AreThoseOfTheCounts()
    {
        var counts = new SegmentationConfusionMatrix(LabelMap.FromClassNames("three", "sky", "road", "moon"));
        counts.Add(actual: [0, 0, 0, 0, 1, 1], predicted: [0, 0, 0, 1, 1, 1]);
        using var folder = new TemporaryFolder();

        new SemanticSegmentationMetrics(counts).SaveReport(folder["report.html"]);

        var page = PageText.Parse(File.ReadAllText(folder["report.html"]));
        string[] tiles = [.. page.Descendants("dd").Take(3).Select(value => value.Value)];
        CollectionAssert.AreEqual(new[] { "0.7083", "0.8286", "0.8333" }, tiles); // (3/4 + 2/3) / 2, (6/7 + 4/5) / 2, and 5/6
        var rows = page.Descendants("section").First(section => (string?)section.Attribute("id") == "classes").Descendants("tr").Skip(1).ToArray();
        CollectionAssert.AreEqual(new[] { "sky", "0.7500", "", "0.8571", "0.7500", "1.0000", "66.7 %" }, rows[0].Elements().Select(cell => cell.Value).ToArray());
        CollectionAssert.AreEqual(new[] { "road", "0.6667", "", "0.8000", "1.0000", "0.6667", "33.3 %" }, rows[1].Elements().Select(cell => cell.Value).ToArray());
        CollectionAssert.AreEqual(new[] { "moon", "–", "", "–", "–", "–", "0 %" }, rows[2].Elements().Select(cell => cell.Value).ToArray());
        Assert.AreEqual("", (string?)rows[2].Elements().ElementAt(1).Attribute("data-order"));
        Assert.AreEqual("25.0 % of 'sky' is predicted as 'road': 1 pixel, 100.0 % of all that is wrong.", page.Descendants("ol").Single().Element("li")!.Value);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(40)]
    public void SaveReport_AnyNumberOfImages_ShowsEachOnceAndTheWorstFirst(int images)
    {
        using var drawn = new DrawnEvaluation(images);

        var page = PageText.Parse(File.ReadAllText(drawn.SaveReport()));

        string[] shown = [.. page.Descendants("article").Select(card => card.Element("h4")!.Value)];
        Assert.HasCount(Math.Min(images, 8 + 4 + 4), shown.Take(16).ToArray());
        CollectionAssert.AllItemsAreUnique(shown);
        Assert.AreEqual(images == 0 ? null : images == 40 ? "image-24.png" : $"image-{images - 1}.png", shown.FirstOrDefault()); // from the 24th on all rows are wrong
    }

    [TestMethod]
    public void SaveReport_AllClassesOfAByte_StaysReadable()
    {
        var labels = LabelMap.FromClassNames("many", [.. Enumerable.Range(0, 255).Select(id => $"class {id}")]);
        var evaluation = new SegmentationEvaluation(labels);
        byte[] actual = [.. Enumerable.Range(0, 1020).Select(i => (byte)(i % 255))], predicted = [.. actual.Select(id => (byte)((id * 7) % 255))];
        evaluation.Add(new SegmentationMask(30, 34, actual), new SegmentationMask(30, 34, predicted), "a.png");
        using var folder = new TemporaryFolder();

        evaluation.SaveReport(folder["report.html"]);

        string page = File.ReadAllText(folder["report.html"]);
        var parsed = PageText.Parse(page);
        Assert.Contains("32 of 255 classes", page);
        Assert.HasCount(255, parsed.Descendants("section").First().Descendants("tr").Skip(1).ToArray());
    }

    [TestMethod]
    public void SaveReport_PicturesThatWouldFillIt_AreMadeSmaller()
    {
        const int Side = 512, Images = 30;
        var labels = LabelMap.FromClassNames("many", [.. Enumerable.Range(0, 255).Select(id => $"class {id}")]);
        var evaluation = new SegmentationEvaluation(labels);
        for (int i = 0; i < Images; i++)
            evaluation.Add(Noise(i), Noise(i + Images), $"{i}.png");
        using var folder = new TemporaryFolder();

        evaluation.SaveReport(folder["report.html"], new SegmentationReportOptions
        {
            Images = name => new SegmentationReportImage { Truth = Noise(name[0]), Prediction = Noise(name[0] + 99), Confidence = new float[Side * Side] },
        });

        long length = new FileInfo(folder["report.html"]).Length;
        Assert.IsLessThan(10_000_000, length);
        Assert.IsGreaterThan(1_000_000, length);

        static SegmentationMask Noise(int seed)
        {
            var ids = new byte[Side * Side];
            new Random(seed).NextBytes(ids);
            return new SegmentationMask(Side, Side, ids);
        }
    }

    [TestMethod]
    public void SaveReport_ImageThatIsGone_IsNamedAndLeftOut()
    {
        using var drawn = new DrawnEvaluation(images: 3);

        drawn.Evaluation.SaveReport(drawn.Folder["report.html"], new SegmentationReportOptions
        {
            Images = name => name == "image-1.png" ? throw new FileNotFoundException("There is no file.") : drawn.Show(name),
        });

        var page = PageText.Parse(File.ReadAllText(drawn.Folder["report.html"]));
        Assert.HasCount(3, page.Descendants("article").ToArray());
        Assert.HasCount(2, page.Descendants("div").Where(part => (string?)part.Attribute("class") == "strip").ToArray());
        StringAssert.Contains(page.Value, "1 images have no pictures, such as 'image-1.png': There is no file.");
    }

    [TestMethod]
    [DataRow("de-DE")]
    [DataRow("tr-TR")]
    [DataRow("fa-IR")]
    public void SaveReport_OtherLanguage_GivesTheSameBytes(string culture)
    {
        using var drawn = new DrawnEvaluation();
        byte[] page = File.ReadAllBytes(drawn.SaveReport()), numbers = File.ReadAllBytes(drawn.Folder["report.json"]);

        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            drawn.SaveReport();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.IsTrue(page.AsSpan().SequenceEqual(File.ReadAllBytes(drawn.Folder["report.html"])));
        Assert.IsTrue(numbers.AsSpan().SequenceEqual(File.ReadAllBytes(drawn.Folder["report.json"])));
    }

    [TestMethod]
    public void SaveReport_Numbers_MakeThePageAgain()
    {
        using var drawn = new DrawnEvaluation();
        drawn.Evaluation.SaveReport(drawn.Folder["report.html"], new SegmentationReportOptions
        {
            Title = "A title",
            Command = "semanticflow evaluate",
            Facts = [new("Model", "network", "sfnet-r18")],
        });
        using var again = new StringWriter();

        EvaluationPage.Write(ReportFile.Read(drawn.Folder["report.json"]), source: null, again);

        Assert.AreEqual(File.ReadAllText(drawn.Folder["report.html"]), again.ToString());
    }

    [TestMethod]
    public void SaveReport_OfMetricsAlone_NumbersMakeThePageAgain()
    {
        using var drawn = new DrawnEvaluation();
        drawn.Evaluation.Metrics.SaveReport(drawn.Folder["report.html"]);
        using var again = new StringWriter();

        EvaluationPage.Write(ReportFile.Read(drawn.Folder["report.json"]), source: null, again);

        Assert.AreEqual(File.ReadAllText(drawn.Folder["report.html"]), again.ToString());
    }

    [TestMethod]
    public void SaveReport_Json_HasTheFigures()
    {
        using var drawn = new DrawnEvaluation(images: 3);

        drawn.SaveReport();

        using var json = JsonDocument.Parse(File.ReadAllBytes(drawn.Folder["report.json"]));
        var figures = json.RootElement.GetProperty("figures");
        Assert.AreEqual(1 - (6.0 / (3 * DrawnEvaluation.Height)), figures.GetProperty("pixelAccuracy").GetDouble(), 1e-12); // 0, 2 and 4 rows are wrong
        Assert.AreEqual(3, figures.GetProperty("perImage").GetArrayLength());
        Assert.AreEqual("road", figures.GetProperty("classes")[1].GetProperty("name").GetString());
    }

    [TestMethod]
    public void SaveReport_PageThatEndsInJson_IsRefused()
    {
        using var drawn = new DrawnEvaluation(images: 1);

        Assert.ThrowsExactly<ArgumentException>(() => drawn.Evaluation.SaveReport(drawn.Folder["report.json"]));
    }

    [TestMethod]
    [DataRow("{}")]
    [DataRow("{\"format\":\"semanticflow-report-1\"}")]
    [DataRow("{\"format\":\"semanticflow-report-1\",\"title\":\"t\",\"facts\":[],\"command\":null,\"counts\":{\"name\":\"n\",\"table\":\"t\",\"cells\":[]}}")]
    [DataRow("{\"format\":\"semanticflow-report-1\",\"title\":\"t\",\"facts\":7,\"command\":null,\"evaluation\":null}")]
    [DataRow("no JSON")]
    [DataRow("")]
    public void Read_OtherFiles_AreRefusedByName(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["other.json"], text);

        var fault = Assert.ThrowsExactly<InvalidDataException>(() => ReportFile.Read(folder["other.json"]));

        StringAssert.Contains(fault.Message, "other.json");
    }

    [TestMethod]
    public void ConfusedImages_OfACell_AreThoseWithMostOfItsPixels()
    {
        using var drawn = new DrawnEvaluation(images: 10);
        var names = new List<string>();

        var cells = new ConfusedImages(drawn.Evaluation, [0, 1, 2]).ToData(names);

        using var cell = JsonDocument.Parse(JsonSerializer.Serialize(cells["0-1"]));
        Assert.AreEqual(9, cell.RootElement.GetProperty("images").GetInt32());
        var most = cell.RootElement.GetProperty("most").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(
            new[] { "image-9.png", "image-8.png", "image-7.png", "image-6.png", "image-5.png", "image-4.png" }, most.Select(image => names[image[0].GetInt32()]).ToArray());
        Assert.AreEqual(18 * 22, most[0][1].GetInt32()); // rows, times the columns of the first of three classes in 64
    }

    [TestMethod]
    public void Figure_Numbers_AreShort()
    {
        Assert.AreEqual("999", Figure.Short(999));
        Assert.AreEqual("1.2k", Figure.Short(1_299));
        Assert.AreEqual("12k", Figure.Short(12_999));
        Assert.AreEqual("9.9M", Figure.Short(9_999_999));
        Assert.AreEqual("2G", Figure.Short(2_000_000_000));
        Assert.AreEqual("−0.0100", Figure.Difference(-0.01));
        Assert.AreEqual("–", Figure.Score(double.NaN));
    }
}
