// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Looks at the text of a page, without a browser.</summary>
public static partial class PageText
{
    /// <summary>Parses a page whose tags are all closed.</summary>
    /// <exception cref="XmlException">They are not.</exception>
    public static XElement Parse(string html)
    {
        string markup = Embedded().Replace(html, "");
        using var reader = XmlReader.Create(new StringReader(markup), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }

    // What stands in them is no markup.
    [GeneratedRegex("<(style|script)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Embedded();
}
