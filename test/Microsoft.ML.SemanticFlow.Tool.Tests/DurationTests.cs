// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class DurationTests
{
    [TestMethod]
    [DataRow("30m", 1800.0)]
    [DataRow("1h30m", 5400.0)]
    [DataRow("90s", 90.0)]
    [DataRow("1.5h", 5400.0)]
    [DataRow("2d12h", 216000.0)]
    public void Parse_ATime_GivesIt(string text, double seconds) => Assert.AreEqual(seconds, Duration.Parse(text).TotalSeconds, 1e-6);

    [TestMethod]
    [DataRow("30")]
    [DataRow("m")]
    [DataRow("30m1h")]
    [DataRow("1h1h")]
    [DataRow("0s")]
    [DataRow("-5m")]
    [DataRow("1,5h")]
    [DataRow("30 m")]
    [DataRow("9999999d")]
    [DataRow("")]
    public void Parse_AnythingElse_SaysTheForm(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Duration.Parse(text)).Message, "such as 30m, 1h30m or 90s");

    [TestMethod]
    public void Text_OfATime_IsReadBack() => Assert.AreEqual(TimeSpan.FromSeconds(1799), Duration.Parse(Duration.Text(TimeSpan.FromSeconds(1798.2))));
}
