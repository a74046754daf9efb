// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Reads the rows of a view as images with their masks, each checked.</summary>
internal sealed class SampleReader
{
    // Columns of the dataset readers; where the view still has them, a message names the file and not only the row.
    public const string ImagePathColumn = "ImagePath";
    public const string LabelPathColumn = "LabelPath";
    public const string SourceColumn = "Source";

    private readonly IDataView _data;
    private readonly RowInput _image;
    private readonly RowInput _mask;
    private readonly LabelMap _labels;
    private readonly LabelFiles _files;
    private readonly (int Height, int Width)? _size;
    private readonly Gray16 _gray16;
    private readonly HashSet<DataViewRowId> _skipped = [];

    private SampleReader(IDataView data, RowInput image, RowInput mask, LabelMap labels, LabelFiles files, (int Height, int Width)? size = null, Gray16 gray16 = Gray16.Scale)
    {
        (_data, _image, _mask, _labels, _files, _size, _gray16) = (data, image, mask, labels, files, size, gray16);
        image.Find(data.Schema);
        mask.Find(data.Schema);
    }

    public int ClassCount => _labels.ClassCount;

    /// <summary>What becomes of rows whose files cannot be used; null, the default, ends reading at the first.</summary>
    public SampleFaults? Faults { get; init; }

    /// <summary>Reads columns of images and masks.</summary>
    public static SampleReader OfColumns(IDataView data, string imageColumn, string labelColumn, LabelMap labels, SampleFaults? faults = null) =>
        new(data, RowInput.Image("image", imageColumn), RowInput.Mask("label", labelColumn), labels, new LabelFiles(labels, MaskIds.Raw)) { Faults = faults };

    /// <summary>Reads the files that a dataset reader lists.</summary>
    /// <param name="data">Their paths.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="files">What the ids in the label files mean; null when they are raw ids of <paramref name="labels"/>.</param>
    /// <param name="size">The size that all images must have; null when each may have its own.</param>
    /// <param name="gray16">How 16-bit gray images are read.</param>
    /// <param name="faults">What becomes of rows whose files cannot be used.</param>
    public static SampleReader OfPaths(
        IDataView data, LabelMap labels, LabelFiles? files = null, (int Height, int Width)? size = null, Gray16 gray16 = Gray16.Scale, SampleFaults? faults = null) =>
        new(
            data, RowInput.Text("image path", ImagePathColumn), RowInput.Text("label path", LabelPathColumn), labels, files ?? new LabelFiles(labels, MaskIds.Raw), size, gray16)
        {
            Faults = faults,
        };

    /// <summary>Rows of the view; where the view does not know, they are counted without decoding any.</summary>
    public int CountRows()
    {
        if (_data.GetRowCount() is { } known)
            return checked((int)known);

        return ReadIds().Count();
    }

    /// <summary>Ids of the rows in the order of the view, without decoding any. They stay with the rows when a pass is shuffled.</summary>
    public IEnumerable<DataViewRowId> ReadIds()
    {
        using var cursor = _data.GetRowCursor([]);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            getId(ref id);
            yield return id;
        }
    }

    /// <summary>The source of each row in the order of the view, without decoding any; null where the view has no text column of that name.</summary>
    public IReadOnlyList<string>? ReadSources() => _data.Schema.GetColumnOrNull(SourceColumn) is { } column && column.Type is TextDataViewType
        ? [.. _data.GetColumn<ReadOnlyMemory<char>>(column).Select(source => source.ToString())]
        : null;

    /// <summary>One pass over the view, in its order or, where it can shuffle and is given a random source, in another.</summary>
    /// <param name="random">Shuffles; null keeps the order.</param>
    /// <param name="isWanted">Rows to read; the others are passed over without decoding. Null reads all.</param>
    /// <param name="cancellation">Ends the pass with <see cref="OperationCanceledException"/>.</param>
    /// <remarks>A row that is skipped gives null.</remarks>
    public IEnumerable<PendingRow<LabelledImage?>> Read(Random? random, Func<DataViewRowId, bool>? isWanted, CancellationToken cancellation) =>
        Read([_image.Name, _mask.Name], random, isWanted, row => row.Read(), cancellation);

    /// <summary>One pass over the masks alone, for their statistics.</summary>
    public IEnumerable<PendingRow<SegmentationMask?>> ReadMasks(CancellationToken cancellation) =>
        Read([_mask.Name], random: null, isWanted: null, row => row.ReadMask(), cancellation);

    /// <summary>What the masks are made from, as far as it shows without reading them; null where the view does not name their files.</summary>
    /// <remarks>Path, length and time of every label file, the classes, and one mask: it shows what a pipeline does to masks after loading.</remarks>
    public string? Fingerprint(CancellationToken cancellation)
    {
        if (_data.Schema.GetColumnOrNull(LabelPathColumn) is not { } column || column.Type is not TextDataViewType)
            return null;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(_files.Labels.ToCsv()));
        using var cursor = _data.GetRowCursor([column]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getPath(ref path);
            string name = path.ToString();
            string state = File.Exists(name) ? FormattableString.Invariant($"{new FileInfo(name).Length} {File.GetLastWriteTimeUtc(name).Ticks}") : "";
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{state}\n"));
        }

        if (ReadMasks(cancellation).FirstOrDefault()?.Read() is { } mask)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{mask.Height} x {mask.Width}")));
            hash.AppendData(mask.Ids);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Where the columns are made from paths, any thread can make them, at any time; else they are read before the cursor moves on.
    private IEnumerable<PendingRow<T?>> Read<T>(string[] columns, Random? random, Func<DataViewRowId, bool>? isWanted, Func<Row, T> read, CancellationToken cancellation)
        where T : class
    {
        string[] told = [ImagePathColumn, LabelPathColumn, SourceColumn];
        DataViewSchema.Column[] needed =
        [
            .. columns.Select(name => _data.Schema[name])
                .Concat(told.Except(columns).Select(_data.Schema.GetColumnOrNull).OfType<DataViewSchema.Column>().Where(column => column.Type is TextDataViewType)),
        ];
        var source = DetachedRow.Source.Find(_data, needed);
        var view = source?.View ?? _data;
        using var cursor = view.GetRowCursor(source?.Texts ?? needed, view.CanShuffle ? random : null);
        var row = source is null ? new Row(cursor, this) : null;
        var detach = source?.Reader(cursor);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getId(ref id);
            if (isWanted is not null && !isWanted(id))
                continue;

            if (detach is not null)
            {
                var texts = detach();
                var of = id;
                yield return new PendingRow<T?>(id, () =>
                {
                    using var completed = new Row(source!.Complete(texts), this); // a detached row has its source
                    return ReadOrSkip(completed, of, read);
                });
            }
            else
            {
                var value = ReadOrSkip(row!, id, read); // there is one where there is no source
                yield return new PendingRow<T?>(id, () => value);
            }
        }
    }

    // A row is told of once, in however many passes it fails.
    private T? ReadOrSkip<T>(Row row, DataViewRowId id, Func<Row, T> read)
        where T : class
    {
        try
        {
            return read(row);
        }
        catch (Exception e) when (Faults is { Skips: true } && SampleFaults.IsOfFile(e))
        {
            lock (_skipped)
            {
                if (_skipped.Add(id))
                {
                    Faults.Add(row.Name, e);
                    Faults.RequireShare(CountRows() - _skipped.Count);
                }
            }

            return null;
        }
    }

    /// <summary>A row's sample. To be disposed where the row's image was made for it alone; the last one of a view may be in the caller's own list.</summary>
    private sealed class Row : IDisposable
    {
        private readonly DataViewRow _row;
        private readonly LabelMap _labels;
        private readonly (int Height, int Width)? _size;
        private readonly Func<PixelImage?> _readImage;
        private readonly Func<SegmentationMask?> _readMask;
        private MLImage? _image;

        public Row(DataViewRow row, SampleReader reader)
        {
            (_row, _labels, _size) = (row, reader._labels, reader._size);
            var (image, mask) = (row.Schema[reader._image.Name], row.Schema[reader._mask.Name]);
            _readImage = !row.IsColumnActive(image) ? () => null
                : image.Type is TextDataViewType ? ReadImageFile(row.GetGetter<ReadOnlyMemory<char>>(image), reader._gray16)
                : ReadImageColumn(row.GetGetter<MLImage>(image));
            _readMask = mask.Type is TextDataViewType
                ? ReadMaskFile(row.GetGetter<ReadOnlyMemory<char>>(mask), reader._files)
                : ReadMaskColumn(row.GetGetter<SegmentationMask>(mask));
        }

        public LabelledImage Read()
        {
            var image = _readImage() ?? throw new InvalidDataException($"{Place(ImagePathColumn)} has no image. Leave the row out, or give it one.");
            if (_size is { } size && (image.Height, image.Width) != size)
            {
                throw new InvalidDataException(
                    $"{Place(ImagePathColumn)} has an image of {image.Height} x {image.Width} pixels, " +
                    $"and those of the training set are brought to {size.Height} x {size.Width} (height x width), which paths pass by. " +
                    "Give this set the columns of images and masks, made as those of the training set.");
            }

            var mask = ReadMask();
            if (image.Height != mask.Height || image.Width != mask.Width)
            {
                throw new InvalidDataException(
                    $"{Place(ImagePathColumn)} has an image of {image.Height} x {image.Width} pixels and a mask of {mask.Height} x {mask.Width} (height x width). " +
                    (image.Height == mask.Width && image.Width == mask.Height
                        ? "If the file is a photograph stored turned, which EXIF says, read it with LoadImages or LoadImagesAndMasks of this library; " +
                          "else give each image the mask that was drawn on it."
                        : "Give each image the mask that was drawn on it."));
            }

            return new LabelledImage(image, mask) { Place = Place(ImagePathColumn), Source = TextIn(SourceColumn) };
        }

        public SegmentationMask ReadMask()
        {
            var mask = _readMask() ?? throw new InvalidDataException($"{Place(LabelPathColumn)} has no mask. Leave the row out, or give it one.");
            int wrong = _labels.ClassCount == LabelMap.IgnoreId ? -1 : mask.Ids.IndexOfAnyInRange((byte)_labels.ClassCount, (byte)(LabelMap.IgnoreId - 1));
            if (wrong >= 0)
            {
                throw new InvalidDataException(
                    $"{Place(LabelPathColumn)} has a mask with class id {mask.Ids[wrong]} at row {wrong / mask.Width}, column {wrong % mask.Width}; " +
                    $"label map '{_labels.Name}' has the train ids 0 to {_labels.ClassCount - 1}, and 255 to ignore. Read the mask with the map it was drawn with.");
            }

            return mask;
        }

        public void Dispose() => _image?.Dispose();

        private static Func<PixelImage> ReadImageFile(ValueGetter<ReadOnlyMemory<char>> getPath, Gray16 gray16) => () =>
        {
            ReadOnlyMemory<char> path = default;
            getPath(ref path);
            return ImageCodec.Decode(path.ToString(), gray16: gray16);
        };

        private static Func<SegmentationMask?> ReadMaskColumn(ValueGetter<SegmentationMask> getMask) => () =>
        {
            SegmentationMask? mask = null;
            getMask(ref mask!); // getters set it
            return mask;
        };

        private static Func<SegmentationMask> ReadMaskFile(ValueGetter<ReadOnlyMemory<char>> getPath, LabelFiles files) => () =>
        {
            ReadOnlyMemory<char> path = default;
            getPath(ref path);
            return files.Load(path.ToString());
        };

        // The getter disposes the image it gave before, so one variable serves the whole pass.
        private Func<PixelImage?> ReadImageColumn(ValueGetter<MLImage> getImage) => () =>
        {
            getImage(ref _image!); // getters set it
            return _image is null ? null : MLImageConversion.ToPixels(_image);
        };

        /// <summary>The image's path where the row has it; else its number.</summary>
        public string Name => TextIn(ImagePathColumn) ?? $"row {_row.Position}";

        private string Place(string pathColumn) =>
            TextIn(pathColumn) is { } path ? $"Row {_row.Position} ('{path}')" : $"Row {_row.Position}";

        private string? TextIn(string name)
        {
            if (_row.Schema.GetColumnOrNull(name) is not { } column || column.Type is not TextDataViewType || !_row.IsColumnActive(column))
                return null;

            ReadOnlyMemory<char> text = default;
            _row.GetGetter<ReadOnlyMemory<char>>(column)(ref text);
            return text.ToString();
        }
    }
}
