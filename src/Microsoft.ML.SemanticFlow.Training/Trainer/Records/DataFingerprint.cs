// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>What tells a data set from another without reading all of it.</summary>
/// <remarks>
/// Of a view with the path columns of a dataset reader: the names of all image and label files, below the folder they share, with their
/// sizes in bytes, in the order of the rows; no file is opened, and the data may move to another folder. Of any other view: the number
/// of rows and the decoded pixels of <see cref="Samples"/> rows spread evenly. Neither sees what a pipeline does to images after loading
/// them by their paths, nor an edit that keeps a file's size.
/// </remarks>
internal sealed record DataFingerprint
{
    private const int Samples = 16;
    private const string FilesCovered = "file names and sizes";
    private const string Raw = "raw";
    private const string PixelsCovered = "pixels of up to 16 rows";

    public required long Rows { get; init; }

    /// <summary>What <see cref="Sha256"/> is made of.</summary>
    public required string Covers { get; init; }

    /// <summary>The first image's name; null where the view does not tell.</summary>
    public string? First { get; init; }

    /// <summary>The last image's name; null where the view does not tell.</summary>
    public string? Last { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Which ids the label files hold, "train"; null for raw ids, which all runs had before this was kept.</summary>
    public string? Ids { get; init; }

    /// <summary>Reads the fingerprint of a view.</summary>
    /// <param name="data">The view.</param>
    /// <param name="imageColumn">Its column of images, read where there are no paths.</param>
    /// <param name="labelColumn">Its column of masks, read where there are no paths.</param>
    /// <param name="ids">Which ids label files hold that do not say so themselves.</param>
    public static DataFingerprint Of(IDataView data, string imageColumn, string labelColumn, MaskIds ids = MaskIds.Raw)
    {
        var read = IdsOf(data, labelColumn) ?? ids;
        return OfRows(data, imageColumn, labelColumn) with { Ids = read == MaskIds.Raw ? null : MaskAnnotations.WordOf(read) };
    }

    /// <summary>Which ids the label files hold, by what their masks or their paths say; null when they do not.</summary>
    public static MaskIds? IdsOf(IDataView data, string labelColumn) =>
        new[] { labelColumn, SampleReader.LabelPathColumn }
            .Select(name => data.Schema.GetColumnOrNull(name) is { } column ? MaskAnnotations.TryGetIds(column) : null)
            .FirstOrDefault(found => found is not null);

    private static DataFingerprint OfRows(IDataView data, string imageColumn, string labelColumn)
    {
        var (image, label) = (TextColumn(data, SampleReader.ImagePathColumn), TextColumn(data, SampleReader.LabelPathColumn));
        return image is { } images && label is { } labels
            ? OfFiles([.. Texts(data, images)], [.. Texts(data, labels)])
            : OfPixels(data, data.Schema[imageColumn], data.Schema[labelColumn]);
    }

    /// <summary>How a data set differs from an earlier one, as the end of a sentence; null when it does not.</summary>
    public static string? Difference(DataFingerprint? earlier, DataFingerprint? now) => (earlier, now) switch
    {
        _ when earlier == now => null,
        (null, _) => "there was none",
        (_, null) => "there is none now",
        _ when earlier.Rows != now.Rows => string.Create(CultureInfo.InvariantCulture, $"that had {earlier.Rows} rows, this has {now.Rows}"),
        _ when earlier.Ids != now.Ids => $"that had {earlier.Ids ?? Raw} ids in its label files, this has {now.Ids ?? Raw} ids",
        _ when earlier.Covers != now.Covers => $"that is known by {earlier.Covers}, this by {now.Covers}",
        _ => $"{now.Covers} differ, or their order",
    };

    internal static DataFingerprint OfFiles(IReadOnlyList<string> images, IReadOnlyList<string> labels)
    {
        string imageRoot = CommonFolder(images), labelRoot = CommonFolder(labels);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (image, label) in images.Zip(labels))
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{NameBelow(imageRoot, image)}\0{SizeOf(image)}\0{NameBelow(labelRoot, label)}\0{SizeOf(label)}\n")));
        return new DataFingerprint
        {
            Rows = images.Count,
            Covers = FilesCovered,
            First = images is [var first, ..] ? NameBelow(imageRoot, first) : null,
            Last = images is [.., var last] ? NameBelow(imageRoot, last) : null,
            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    private static DataFingerprint OfPixels(IDataView data, DataViewSchema.Column image, DataViewSchema.Column label)
    {
        long rows = 0;
        using (var counting = data.GetRowCursor([]))
        {
            while (counting.MoveNext())
                rows++;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var cursor = data.GetRowCursor([image, label]);
        var (getImage, getMask) = (cursor.GetGetter<MLImage>(image), cursor.GetGetter<SegmentationMask>(label));
        MLImage? pixels = null; // not disposed: it may be in the caller's own list
        SegmentationMask? mask = null;
        long samples = Math.Min(rows, Samples);
        for (long sample = 0; sample < samples && cursor.MoveNext();)
        {
            // A row that is not asked for is not decoded.
            if (cursor.Position < sample * rows / samples)
                continue;
            sample++;
            getImage(ref pixels!); // getters set it, to null where the row has none
            getMask(ref mask!);
            if (pixels is not null)
                Append(pixels.Height, pixels.Width, MLImageConversion.ToPixels(pixels).Bgra);
            if (mask is not null)
                Append(mask.Height, mask.Width, mask.Ids);
        }

        return new DataFingerprint { Rows = rows, Covers = PixelsCovered, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) };

        void Append(int height, int width, ReadOnlySpan<byte> bytes)
        {
            Span<byte> size = stackalloc byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(size, height);
            BinaryPrimitives.WriteInt32LittleEndian(size[4..], width);
            hash.AppendData(size);
            hash.AppendData(bytes);
        }
    }

    private static DataViewSchema.Column? TextColumn(IDataView data, string name) =>
        data.Schema.GetColumnOrNull(name) is { Type: TextDataViewType } column ? column : null;

    private static IEnumerable<string> Texts(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        var get = cursor.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            get(ref text);
            yield return text.ToString().Replace('\\', '/');
        }
    }

    // With its last slash; empty when the paths share none.
    private static string CommonFolder(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
            return "";
        string common = FolderOf(paths[0]);
        foreach (string path in paths)
        {
            while (!path.StartsWith(common, StringComparison.Ordinal))
                common = FolderOf(common[..^1]);
        }

        return common;
    }

    private static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    private static string NameBelow(string folder, string path) => path[folder.Length..];

    // A pipeline may load paths below a folder of its own: then only names are known.
    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true, Length: var length } ? length : -1;
}
