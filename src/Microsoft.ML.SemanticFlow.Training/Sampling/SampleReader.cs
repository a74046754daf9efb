// Licensed under the MIT License.
// See LICENSE in the project root for license information.

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

    private readonly IDataView _data;
    private readonly RowInput _image;
    private readonly RowInput _mask;
    private readonly LabelMap _labels;

    private SampleReader(IDataView data, RowInput image, RowInput mask, LabelMap labels)
    {
        (_data, _image, _mask, _labels) = (data, image, mask, labels);
        image.Find(data.Schema);
        mask.Find(data.Schema);
    }

    public int ClassCount => _labels.ClassCount;

    /// <summary>Reads columns of images and masks.</summary>
    public static SampleReader OfColumns(IDataView data, string imageColumn, string labelColumn, LabelMap labels) =>
        new(data, RowInput.Image("image", imageColumn), RowInput.Mask("label", labelColumn), labels);

    /// <summary>Reads the files that a dataset reader lists.</summary>
    public static SampleReader OfPaths(IDataView data, LabelMap labels) =>
        new(data, RowInput.Text("image path", ImagePathColumn), RowInput.Text("label path", LabelPathColumn), labels);

    /// <summary>Rows of the view; where the view does not know, they are counted without decoding any.</summary>
    public int CountRows()
    {
        if (_data.GetRowCount() is { } known)
            return checked((int)known);

        int count = 0;
        using var cursor = _data.GetRowCursor([]);
        while (cursor.MoveNext())
            count++;
        return count;
    }

    /// <summary>One pass over the view, in its order or, where it can shuffle and is given a random source, in another.</summary>
    public IEnumerable<LabelledImage> Read(Random? random, CancellationToken cancellation)
    {
        using var cursor = Open([_image.Name, _mask.Name], random);
        using var row = new Row(cursor, this);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row.Read();
        }
    }

    /// <summary>One pass over the masks alone, for their statistics.</summary>
    public IEnumerable<SegmentationMask> ReadMasks(CancellationToken cancellation)
    {
        using var cursor = Open([_mask.Name], random: null);
        using var row = new Row(cursor, this);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row.ReadMask();
        }
    }

    private DataViewRowCursor Open(IReadOnlyList<string> columns, Random? random)
    {
        string[] names = [.. columns, ImagePathColumn, LabelPathColumn];
        var active = names.Distinct().Select(_data.Schema.GetColumnOrNull).OfType<DataViewSchema.Column>();
        return _data.GetRowCursor(active, _data.CanShuffle ? random : null);
    }

    private sealed class Row : IDisposable
    {
        private readonly DataViewRowCursor _cursor;
        private readonly LabelMap _labels;
        private readonly Func<PixelImage?> _readImage;
        private readonly Func<SegmentationMask?> _readMask;
        private MLImage? _image;

        public Row(DataViewRowCursor cursor, SampleReader reader)
        {
            (_cursor, _labels) = (cursor, reader._labels);
            var (image, mask) = (cursor.Schema[reader._image.Name], cursor.Schema[reader._mask.Name]);
            _readImage = !cursor.IsColumnActive(image) ? () => null
                : image.Type is TextDataViewType ? ReadImageFile(cursor.GetGetter<ReadOnlyMemory<char>>(image))
                : ReadImageColumn(cursor.GetGetter<MLImage>(image));
            _readMask = mask.Type is TextDataViewType
                ? ReadMaskFile(cursor.GetGetter<ReadOnlyMemory<char>>(mask))
                : ReadMaskColumn(cursor.GetGetter<SegmentationMask>(mask));
        }

        public LabelledImage Read()
        {
            var image = _readImage() ?? throw new InvalidDataException($"{Place(ImagePathColumn)} has no image. Leave the row out, or give it one.");
            var mask = ReadMask();
            if (image.Height != mask.Height || image.Width != mask.Width)
            {
                throw new InvalidDataException(
                    $"{Place(ImagePathColumn)} has an image of {image.Height} x {image.Width} pixels and a mask of {mask.Height} x {mask.Width} (height x width). " +
                    "Give each image the mask that was drawn on it.");
            }

            return new LabelledImage(image, mask);
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

        private static Func<PixelImage> ReadImageFile(ValueGetter<ReadOnlyMemory<char>> getPath) => () =>
        {
            ReadOnlyMemory<char> path = default;
            getPath(ref path);
            return ImageCodec.Decode(path.ToString());
        };

        private static Func<SegmentationMask?> ReadMaskColumn(ValueGetter<SegmentationMask> getMask) => () =>
        {
            SegmentationMask? mask = null;
            getMask(ref mask!); // getters set it
            return mask;
        };

        private Func<SegmentationMask> ReadMaskFile(ValueGetter<ReadOnlyMemory<char>> getPath) => () =>
        {
            ReadOnlyMemory<char> path = default;
            getPath(ref path);
            return MaskCodec.Load(path.ToString(), _labels);
        };

        // The getter disposes the image it gave before, so one variable serves the whole pass.
        private Func<PixelImage?> ReadImageColumn(ValueGetter<MLImage> getImage) => () =>
        {
            getImage(ref _image!); // getters set it
            return _image is null ? null : MLImageConversion.ToPixels(_image);
        };

        private string Place(string pathColumn)
        {
            string row = $"Row {_cursor.Position}";
            if (_cursor.Schema.GetColumnOrNull(pathColumn) is not { } column || column.Type is not TextDataViewType || !_cursor.IsColumnActive(column))
                return row;

            ReadOnlyMemory<char> path = default;
            _cursor.GetGetter<ReadOnlyMemory<char>>(column)(ref path);
            return $"{row} ('{path}')";
        }
    }
}
