// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Tests.Display;

[TestClass]
public sealed class PrintableTextTests
{
    [TestMethod]
    [DataRow("street.png", "street.png")]
    [DataRow("Gebüsch 灌木 🌳", "Gebüsch 灌木 🌳")]
    [DataRow("a\u001b[31mred\u001b[0m", "a\\u001b[31mred\\u001b[0m")]
    [DataRow("a\u009b2J", "a\\u009b2J")] // the same sequence in one character
    [DataRow("\u0007\u0008\u007f", "\\u0007\\u0008\\u007f")]
    [DataRow("a\nb\r\nc\td", "a\\nb\\r\\nc\\td")]
    [DataRow("gpj.\u202egnp", "gpj.\\u202egnp")] // reads from right to left
    [DataRow("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    public void Line_Text_HasNothingThatATerminalObeys(string text, string expected) => Assert.AreEqual(expected, PrintableText.Line(text));

    [TestMethod]
    public void Line_NothingToEscape_IsTheSameText()
    {
        string text = new('a', 3);

        Assert.AreSame(text, PrintableText.Line(text));
    }

    [TestMethod]
    public void Lines_SeveralLines_KeepsTheirBreaksAndTabs() => Assert.AreEqual("a\n\tb\r\n\\u001b", PrintableText.Lines("a\n\tb\r\n\u001b"));

    [TestMethod]
    [DataRow(0.0, "00:00:00")]
    [DataRow(86399.9, "23:59:59")]
    [DataRow(86400.0, "1 day 00:00:00")]
    [DataRow(605982.0, "7 days 00:19:42")] // 7 * 86400 + 19 * 60 + 42
    [DataRow(864000000.0, "10000 days 00:00:00")]
    public void DurationText_Seconds_AreDaysAndTime(double seconds, string expected) => Assert.AreEqual(expected, DurationText.Of(TimeSpan.FromSeconds(seconds)));
}
