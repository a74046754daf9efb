// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>A stream that people read: names of strangers in it do nothing to a terminal, and what becomes of a stream that takes nothing is decided here.</summary>
/// <param name="inner">The stream.</param>
/// <param name="name">What a failure calls it; null for one that is done without when it fails, since there is no other place to say so.</param>
internal sealed class StandardStream(TextWriter inner, string? name) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    /// <summary>Writes text of several lines.</summary>
    public override void Write(string? value) => Try(() => inner.Write(PrintableText.Lines(value ?? "")));

    /// <summary>Writes one line: a line break inside it is written as an escape.</summary>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(PrintableText.Line(value ?? "")));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (name is not null)
                throw new IOException($"{name} cannot be written: {exception.Message}", exception);
        }
    }
}
