// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Reports;

namespace Microsoft.ML.SemanticFlow.Tests.Reports;

[TestClass]
public sealed class LineChartTests
{
    // Of a large number, a step that is too fine is lost in it.
    [TestMethod]
    [Timeout(10_000)]
    [DataRow(0.7197)]
    [DataRow(0)]
    [DataRow(2048)]
    [DataRow(5000)]
    [DataRow(1e9)]
    [DataRow(-3e12)]
    [DataRow(1e-300)]
    [DataRow(1e300)]
    public void Draw_ValuesThatAreAlike_HasAFewLines(double value)
    {
        foreach (int points in (int[])[1, 2, 50])
        {
            string svg = new LineChart { Label = "x", XTitle = "epoch" }.Draw(new LineChart.Series("x", [.. Enumerable.Range(1, points).Select(x => ((double)x, value))]));

            int lines = svg.Split("class=\"grid\"").Length - 1;
            Assert.IsTrue(lines is >= 2 and <= 8, $"{lines} lines");
            Assert.DoesNotContain("NaN", svg);
        }
    }

    [TestMethod]
    public void Draw_Values_HasARoundStepAcrossThem()
    {
        string svg = new LineChart { Label = "loss", XTitle = "epoch" }.Draw(new LineChart.Series("loss", [(1, 0.12), (2, 0.48)]));

        // 0.36 in five steps at most: 0.1, from 0.1 to 0.5.
        foreach (string tick in (string[])[">0.1<", ">0.2<", ">0.3<", ">0.4<", ">0.5<"])
            Assert.Contains(tick, svg);
        Assert.AreEqual(5, svg.Split("class=\"grid\"").Length - 1);
    }
}
