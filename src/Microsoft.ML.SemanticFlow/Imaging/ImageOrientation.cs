// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>How the pixels of a file are turned before they are shown: EXIF's orientation, 1 to 8.</summary>
/// <param name="Value">1: as stored. 2: mirrored. 3: by 180°. 4: upside down. 5: transposed. 6: by 90° clockwise. 7: transposed the other
/// way. 8: by 270°.</param>
/// <remarks>
/// Skia tells it of JPEG and WebP. Of PNG it does not, and viewers turn those too, by the chunk eXIf: it is read here.
/// CIPA DC-008, "Orientation"; W3C Portable Network Graphics, third edition, "eXIf".
/// </remarks>
internal readonly record struct ImageOrientation(int Value)
{
    private const ushort OrientationTag = 0x0112, ShortType = 3;
    private const int Block = 32; // rows and columns of a tile whose source and target both stay in the first cache

    public static ImageOrientation Upright { get; } = new(1);

    public bool IsUpright => Value == 1;

    /// <summary>Whether rows become columns.</summary>
    public bool Swaps => Value >= 5;

    /// <summary>The orientation of an encoded image.</summary>
    /// <param name="codec">Skia's reader of it.</param>
    /// <param name="file">The image from its first byte; read for a PNG alone, and left anywhere.</param>
    public static ImageOrientation Of(SKCodec codec, Stream file) =>
        codec.EncodedFormat == SKEncodedImageFormat.Png
            ? OfPng(file)
            : new ImageOrientation((int)codec.EncodedOrigin); // Skia counts as EXIF does

    /// <summary>What an EXIF block, a small TIFF file, says; upright where it says nothing that holds.</summary>
    public static ImageOrientation OfExif(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8)
            return Upright;
        bool isBigEndian = exif.StartsWith("MM\0*"u8);
        if (!isBigEndian && !exif.StartsWith("II*\0"u8))
            return Upright;

        uint directory = Number32(exif[4..], isBigEndian);
        if (directory > exif.Length - 2)
            return Upright;
        var entries = exif[(int)directory..];
        int count = Number16(entries, isBigEndian);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= 12; count--, entries = entries[12..])
        {
            if (Number16(entries, isBigEndian) == OrientationTag && Number16(entries[2..], isBigEndian) == ShortType)
                return Number16(entries[8..], isBigEndian) is var value and >= 1 and <= 8 ? new ImageOrientation(value) : Upright;
        }

        return Upright;
    }

    /// <summary>A size as stored as it is shown, or the other way round.</summary>
    public (int Height, int Width) Turn(int height, int width) => Swaps ? (width, height) : (height, width);

    /// <summary>Copies pixels to where they are shown.</summary>
    /// <param name="stored">Height x width values, as the file has them.</param>
    /// <param name="height">Rows as stored.</param>
    /// <param name="width">Columns as stored.</param>
    /// <param name="shown">Takes as many values.</param>
    public void Apply<T>(ReadOnlySpan<T> stored, int height, int width, Span<T> shown)
        where T : unmanaged
    {
        // The first value shown, and the steps in the source to the one below it and to the one beside it.
        int right = width - 1, below = (height - 1) * width;
        var (first, down, across) = Value switch
        {
            2 => (right, width, -1),
            3 => (below + right, -width, -1),
            4 => (below, -width, 1),
            5 => (0, 1, width),
            6 => (below, 1, -width),
            7 => (below + right, -1, -width),
            8 => (right, -1, width),
            _ => (0, width, 1),
        };
        var (rows, columns) = Turn(height, width);
        for (int top = 0; top < rows; top += Block)
        {
            for (int left = 0; left < columns; left += Block)
            {
                int bottom = Math.Min(top + Block, rows), end = Math.Min(left + Block, columns);
                for (int row = top; row < bottom; row++)
                {
                    var line = shown.Slice(row * columns, columns);
                    int at = first + (row * down) + (left * across);
                    for (int column = left; column < end; column++, at += across)
                        line[column] = stored[at];
                }
            }
        }
    }

    // Chunks are stepped over, not read: the one that tells may come after the pixels.
    private static ImageOrientation OfPng(Stream file)
    {
        const int MostExif = 1 << 16; // what a JPEG could hold
        Span<byte> head = stackalloc byte[8];
        file.Position = PngIndexReader.Signature.Length;
        while (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && !head[4..].SequenceEqual("IEND"u8))
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (head[4..].SequenceEqual("eXIf"u8))
            {
                var exif = new byte[Math.Min(length, MostExif)];
                return OfExif(exif.AsSpan(0, file.ReadAtLeast(exif, exif.Length, throwOnEndOfStream: false)));
            }

            file.Position += length + sizeof(uint); // and its checksum
        }

        return Upright;
    }

    private static ushort Number16(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
