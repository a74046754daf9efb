// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>The input columns of the row a cursor stands on, each fetched at most once a row.</summary>
/// <remarks>
/// The stock getters compute anew at every call: without this, reading the image and its mask from one row would decode
/// the file twice. Belongs to one cursor, hence to one thread.
/// </remarks>
internal sealed class RowValues(DataViewRow row, RowContext context)
{
    private readonly Dictionary<int, Delegate> _fetched = [];
    private readonly Dictionary<object, object> _shared = [];

    public DataViewRow Row => row;

    public RowContext Context => context;

    /// <summary>Reads the current row's value of an input column.</summary>
    public Func<T> Get<T>(string column) => Get<T>(row.Schema[column]);

    public Func<T> Get<T>(DataViewSchema.Column column)
    {
        if (_fetched.TryGetValue(column.Index, out var known))
            return (Func<T>)known;

        var getter = row.GetGetter<T>(column);
        T value = default!; // filled before it is returned
        long position = -1;
        T Fetch()
        {
            // The variable goes back to the same getter, which by ML.NET's convention disposes the image that it put
            // there. The last one is left to the finaliser: it may belong to the caller's own list. Another reader of that getter may have
            // disposed it meanwhile, where ResizeImages hands on what it was given; a copy of every image would cost more than asking again.
            if (position < 0 || position != row.Position || value is MLImage image && IsDisposed(image))
            {
                position = -1;
                getter(ref value);
                position = row.Position;
            }

            return value;
        }

        Func<T> fetch = Fetch;
        _fetched.Add(column.Index, fetch);
        return fetch;
    }

    /// <summary>What several outputs of one transformer have in common on this row.</summary>
    public T Common<T>(object owner, Func<T> make)
        where T : class
    {
        if (!_shared.TryGetValue(owner, out object? known))
            _shared.Add(owner, known = make());
        return (T)known;
    }

    /// <summary>Calls a function at most once a row, when it is first needed.</summary>
    public Func<T?> Once<T>(Func<T?> compute)
        where T : class
    {
        T? value = null;
        long position = -1;
        return () =>
        {
            if (position < 0 || position != row.Position)
            {
                (value, position) = (null, -1);
                value = compute();
                position = row.Position;
            }

            return value;
        };
    }

    /// <summary>Hands an input column on to whoever reads it, while this row's outputs use it too: as <see cref="Share"/> does.</summary>
    public Delegate? PassOn(DataViewSchema.Column column) => column.Type switch
    {
        ImageDataViewType => CopyOf(Get<MLImage>(column)),
        SegmentationMaskDataViewType => Share<SegmentationMask>(Get<SegmentationMask>(column)),
        _ => null, // text and the like: cheap, and safe to read twice
    };

    /// <summary>A getter that computes once a row; of images, what makes them.</summary>
    public Delegate Share<T>(Func<T?> compute)
        where T : class
    {
        // The reader of an image owns it, and may dispose it: images are made anew for each reader.
        if (typeof(T) == typeof(MLImage))
            return (Func<MLImage?>)(object)compute;

        var once = Once(compute);
        void Getter(ref T destination) => destination = once()!; // null stands for a missing value, as in ML.NET's own columns
        return (ValueGetter<T>)Getter;
    }

    /// <summary>Makes copies of an image.</summary>
    public static Func<MLImage?> CopyOf(Func<MLImage?> fetch) => () =>
        fetch() is { } image
            ? MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels) is var copy ? WithTag(copy, image.Tag) : null
            : null;

    /// <summary>A getter of one reader's images. It disposes the image of the row before, as the stock getters do, but never one that somebody else made.</summary>
    public static ValueGetter<MLImage> Own(Func<MLImage?> make)
    {
        MLImage? previous = null;
        void Getter(ref MLImage destination)
        {
            if (previous is not null && ReferenceEquals(destination, previous))
                previous.Dispose();
            previous = make();
            destination = previous!; // null stands for a missing image, as LoadImages has it
        }

        return Getter;
    }

    // No property says it.
    private static bool IsDisposed(MLImage image)
    {
        try
        {
            _ = image.Width;
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static MLImage WithTag(MLImage image, string tag)
    {
        image.Tag = tag;
        return image;
    }
}
