// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Inspection;

[TestClass]
public sealed class InspectionPageTests
{
    [TestMethod]
    public void SaveReport_Page_LoadsNothingAndEscapesNames()
    {
        using var data = new DrawnDataset();
        byte[] ids = DrawnDataset.HalfAndHalf();
        ids[7] = 9;
        data.Add("train", "a&b", ids);
        string path = data["page.html"];

        new MLContext().SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, data.Root).SaveReport(path);

        string page = File.ReadAllText(path);
        PageText.Parse(page);
        Assert.Contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'sha256-", page);
        Assert.Contains("; script-src 'none'; base-uri 'none'; form-action 'none'\"", page);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("sky <b>", page);
        Assert.Contains("sky &lt;b&gt;", page);
        Assert.Contains("a&amp;b.png", page);
        Assert.Contains("<circle class=\"mark\" cx=\"7.5\" cy=\"0.5\"", page);

        // Of each of two classes three images with their labels, and the finding with its.
        Assert.AreEqual((2 * 3 * 2) + 2, page.Split("data:image/jpeg;base64,").Length - 1);
    }
}
