// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>The mask of one object, as a PNG in a JSON file.</summary>
internal sealed record Bitmap(int Height, int Width, bool[] IsSet)
{
    /// <summary>Decodes a PNG: its alpha tells where it has one, else what is not zero.</summary>
    /// <param name="file">The PNG.</param>
    /// <param name="place">What messages call it.</param>
    /// <param name="anyChannel">Whether every channel tells, alpha too.</param>
    /// <exception cref="InvalidDataException">It is no PNG, or one of colours alone.</exception>
    public static Bitmap Decode(byte[] file, string place, bool anyChannel = false)
    {
        if (!file.AsSpan().StartsWith(PngIndexReader.Signature))
            throw new InvalidDataException($"{place} is no PNG. Export the annotations again.");
        if (MaskFile.HoldsIds(file) && !HasTransparency(file))
        {
            var png = PngIndexReader.Read(file, place);
            return new Bitmap(png.Height, png.Width, png.BitDepth == 16 ? Array.ConvertAll(png.WideSamples, value => value != 0)
                : Array.ConvertAll(png.Samples, value => value != 0));
        }

        using var image = ImageCodec.Decode(file, place, rent: true);
        var pixels = image.Bgra;
        var isSet = new bool[image.Height * image.Width];
        if (image.IsOpaque() && !anyChannel && !HasTransparency(file) && file[25] is not (4 or 6))
            throw new InvalidDataException(
                $"{place} is a PNG of colours without alpha, so that it tells no mask. Export the annotations again.");
        for (int i = 0; i < isSet.Length; i++)
            isSet[i] = pixels[(4 * i) + 3] != 0 || (anyChannel && (pixels[4 * i] | pixels[(4 * i) + 1] | pixels[(4 * i) + 2]) != 0);
        return new Bitmap(image.Height, image.Width, isSet);
    }

    /// <summary>Draws it; parts outside are cut off.</summary>
    public void Draw(Stencil stencil, long top, long left)
    {
        for (int row = (int)Math.Max(0, -top); row < Height && top + row < stencil.Height; row++)
        {
            var line = IsSet.AsSpan(row * Width, Width);
            for (int at = 0; at < Width; at++)
            {
                int start = line[at..].IndexOf(true);
                if (start < 0)
                    break;
                at += start;
                int end = line[at..].IndexOf(false) is >= 0 and var length ? at + length : Width;
                stencil.Run((int)(top + row), (int)Math.Clamp(left + at, -1, stencil.Width),
                    (int)Math.Clamp(left + end - 1, -1, stencil.Width));
                at = end;
            }
        }
    }

    private static bool HasTransparency(ReadOnlySpan<byte> file)
    {
        const int Overhead = 12;
        for (long at = PngIndexReader.Signature.Length; at + Overhead <= file.Length;)
        {
            var chunk = file[(int)at..];
            if (chunk[4..8].SequenceEqual("tRNS"u8))
                return true;
            at += Overhead + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        return false;
    }
}
