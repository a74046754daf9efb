// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Runs of pixels counted down the columns, as COCO counts them.</summary>
internal static class ColumnRuns
{
    /// <summary>Adds a run.</summary>
    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="start">The first pixel's number, column by column.</param>
    /// <param name="end">The number behind the last.</param>
    public static void Fill(Stencil stencil, int start, int end)
    {
        int height = stencil.Height;
        while (start < end)
        {
            int column = start / height, top = start - (column * height);
            int bottom = Math.Min(height, top + end - start);
            stencil.ColumnRun(column, top, bottom);
            start += bottom - top;
        }
    }

    /// <summary>Adds runs of background and object in turn, background first.</summary>
    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="counts">The runs' lengths.</param>
    /// <exception cref="InvalidDataException">A length is negative, or they do not add up to the image.</exception>
    public static void Fill(Stencil stencil, IReadOnlyList<long> counts)
    {
        long total = 0, pixels = (long)stencil.Height * stencil.Width;
        foreach (long count in counts)
        {
            if (count < 0 || count > pixels)
                throw new InvalidDataException($"holds a run of {count} pixels in an image of {pixels}");
            total += count;
        }

        if (total != pixels)
            throw new InvalidDataException(
                $"holds runs of {total} pixels for an image of {stencil.Height} x {stencil.Width} (height x width), which has {pixels}");
        int at = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            int end = at + (int)counts[i];
            if (i % 2 == 1)
                Fill(stencil, at, end);
            at = end;
        }
    }

    /// <summary>Reads COCO's compressed runs.</summary>
    /// <param name="text">Six bits a character, from the character 0 on.</param>
    /// <exception cref="InvalidDataException">It is no such text.</exception>
    public static List<long> Decode(string text)
    {
        const int First = 48, More = 0x20, Sign = 0x10, ValueBits = 5, MostCharacters = 7;
        var counts = new List<long>();
        for (int at = 0; at < text.Length;)
        {
            long value = 0;
            for (int k = 0; ; k++, at++)
            {
                if (at == text.Length || k == MostCharacters)
                    throw new InvalidDataException($"holds runs whose text breaks off in a number or has one too long, at character {at}");
                int bits = text[at] - First;
                if (bits is < 0 or > 63)
                    throw new InvalidDataException($"holds runs in which character {at} is none of that coding");
                value |= (long)(bits & 31) << (ValueBits * k);
                if ((bits & More) != 0)
                    continue;
                if ((bits & Sign) != 0)
                    value |= -1L << (ValueBits * (k + 1));
                at++;
                break;
            }

            counts.Add(counts.Count > 2 ? value + counts[^2] : value);
        }

        return counts;
    }

    /// <summary>Writes runs as <see cref="Decode"/> reads them.</summary>
    public static string Encode(IReadOnlyList<long> counts)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < counts.Count; i++)
        {
            long value = i > 2 ? counts[i] - counts[i - 2] : counts[i];
            for (bool more = true; more;)
            {
                int bits = (int)(value & 31);
                value >>= 5;
                more = (bits & 16) != 0 ? value != -1 : value != 0;
                text.Append((char)(48 + (more ? bits | 32 : bits)));
            }
        }

        return text.ToString();
    }
}
