// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Lists of one name a line.</summary>
internal static class TextLines
{
    private const int MostBytes = 1 << 28;

    /// <summary>The lines without white space around them; empty ones are left out.</summary>
    /// <exception cref="InvalidDataException">The file is no UTF-8, or too long for a list.</exception>
    public static List<string> Read(string path)
    {
        using var file = RegularFile.OpenRead(path);
        if (file.Length > MostBytes)
            throw new InvalidDataException($"'{Path.GetFileName(path)}' has {file.Length} bytes, more than a list has. Check the file.");
        string text = Csv.Decode(OutputStream.ToBytes(file.CopyTo), $"'{Path.GetFileName(path)}'");
        return [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
    }
}
