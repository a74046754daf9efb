// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Microsoft.ML.SemanticFlow.Labels;

/// <summary>Tables as RFC 4180 has them: a cell that holds a comma, a quote or a line break stands in quotes, its own quotes doubled.</summary>
/// <remarks>More than that is read: any line break ends a row, empty lines are passed over, and white space around a cell is left out unless it is quoted.</remarks>
internal static class Csv
{
    /// <param name="Line">The line that the row begins in, from 1.</param>
    /// <param name="Cells">Its cells, one at least.</param>
    internal sealed record Row(int Line, IReadOnlyList<string> Cells);

    /// <summary>Reads the rows of a table.</summary>
    /// <param name="text">The table.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="InvalidDataException">A quote is not where it may be; the message names line and column.</exception>
    public static IReadOnlyList<Row> Read(string text, string source)
    {
        var rows = new List<Row>();
        for (var scanner = new Scanner(text, source); !scanner.IsAtEnd;)
        {
            if (scanner.ReadRow() is var row && row.Cells is not [""])
                rows.Add(row);
        }

        return rows;
    }

    /// <summary>The text of a file in UTF-8, with or without its mark.</summary>
    /// <exception cref="InvalidDataException">It is in another encoding; the message names the first line that shows it.</exception>
    public static string Decode(ReadOnlySpan<byte> file, string source)
    {
        int line = 1;
        foreach (var range in file.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(file[range]))
                throw new InvalidDataException($"{source}, line {line}: the bytes are no UTF-8, so its letters cannot be told. Save the file as UTF-8.");
            line++;
        }

        return Encoding.UTF8.GetString(file.StartsWith(Encoding.UTF8.Preamble) ? file[Encoding.UTF8.Preamble.Length..] : file);
    }

    /// <summary>A cell as it is written: in quotes only where it must be.</summary>
    public static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 && cell.Trim() == cell ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The fault of a cell, as the beginning of a message.</summary>
    public static string Place(string source, int line, int column) => string.Create(CultureInfo.InvariantCulture, $"{source}, line {line}, column {column}");

    private sealed class Scanner(string text, string source)
    {
        private int _at;
        private int _line = 1;

        public bool IsAtEnd => _at == text.Length;

        private char Current => _at < text.Length ? text[_at] : '\n'; // a last line without a break

        public Row ReadRow()
        {
            int first = _line;
            var cells = new List<string> { ReadCell(column: 1) };
            while (!IsAtEnd && Current == ',')
            {
                _at++;
                cells.Add(ReadCell(cells.Count + 1));
            }

            PassBreak();
            return new Row(first, cells);
        }

        // Stops at the comma or the line break behind the cell.
        private string ReadCell(int column)
        {
            PassSpace();
            if (Current == '"')
                return ReadQuoted(column);
            int end = text.AsSpan(_at).IndexOfAny(",\"\r\n");
            end = end < 0 ? text.Length : _at + end;
            if (end < text.Length && text[end] == '"')
                throw new InvalidDataException(
                    $"{Place(source, _line, column)}: a quote stands inside a cell without quotes. Put the whole cell in quotes, and write its own quotes twice.");
            string cell = text[_at..end].Trim();
            _at = end;
            return cell;
        }

        private string ReadQuoted(int column)
        {
            int first = _line;
            var cell = new StringBuilder();
            for (_at++; ;)
            {
                int quote = text.IndexOf('"', _at);
                if (quote < 0)
                    throw new InvalidDataException($"{Place(source, first, column)}: the quote that opens the cell is never closed. Close it, or write a quote of the name twice.");
                while (_at < quote)
                {
                    int start = _at;
                    if (!PassBreak())
                        _at++;
                    cell.Append(text, start, _at - start);
                }

                _at++;
                if (IsAtEnd || Current != '"')
                    break;
                cell.Append('"');
                _at++;
            }

            PassSpace();
            return Current is ',' or '\r' or '\n'
                ? cell.ToString()
                : throw new InvalidDataException($"{Place(source, first, column)}: text follows the quote that closes the cell. Write a quote of the name twice.");
        }

        private void PassSpace()
        {
            while (!IsAtEnd && Current is not ('\r' or '\n') && char.IsWhiteSpace(Current))
                _at++;
        }

        private bool PassBreak()
        {
            if (IsAtEnd || Current is not ('\r' or '\n'))
                return false;
            _at += text.AsSpan(_at).StartsWith("\r\n") ? 2 : 1;
            _line++;
            return true;
        }
    }
}
