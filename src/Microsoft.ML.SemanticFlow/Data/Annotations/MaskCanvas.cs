// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>Paints the objects of an image onto its mask. Reused from image to image by one thread.</summary>
/// <param name="classes">The classes.</param>
/// <param name="options">Order, and what becomes of unknown labels.</param>
/// <param name="order">Which of two objects is seen.</param>
internal sealed class MaskCanvas(ClassTable classes, AnnotationImportOptions options, PaintOrder order)
{
    private readonly Stencil _stencil = new();
    private readonly List<Item> _items = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private string _source = "";

    private readonly record struct Item(byte Id, double Depth, string What, Action<Stencil> Draw);

    public ClassTable Classes => classes;

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    /// <summary>The raw ids of the pixels, once all is painted.</summary>
    public byte[] Ids { get; private set; } = [];

    /// <summary>How many objects were painted.</summary>
    public int Objects { get; private set; }

    /// <summary>Takes a size; nothing is painted.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="source">What messages call the annotations.</param>
    public void Begin(int height, int width, string source)
    {
        (Height, Width, _source, Objects) = (height, width, source, 0);
        _items.Clear();
        _unknown.Clear();
        Ids = GC.AllocateUninitializedArray<byte>(height * width);
        Ids.AsSpan().Fill(classes.Background);
    }

    /// <summary>Refuses annotations that were made for an image of another size.</summary>
    public void RequireSize(long height, long width)
    {
        if (height == Height && width == Width)
            return;
        string turned = height == Width && width == Height ? "; it may have been annotated before it was turned as EXIF says" : "";
        throw new InvalidDataException(
            $"{_source} is of an image of {height} x {width} pixels (height x width), the image has {Height} x {Width}{turned}. " +
            "Give the image that was annotated.");
    }

    /// <summary>Adds an object.</summary>
    /// <param name="label">What it is labelled.</param>
    /// <param name="what">What messages call it.</param>
    /// <param name="draw">Draws its pixels.</param>
    /// <param name="depth">A greater one is nearer.</param>
    public void Add(string label, string what, Action<Stencil> draw, double depth = 0)
    {
        if (classes.IdOf(label) is { } id)
            Add(id, what, draw, depth);
        else
            AddUnknown(label, what, draw, depth);
    }

    /// <summary>Adds an object of a known id.</summary>
    public void Add(byte id, string what, Action<Stencil> draw, double depth = 0) => _items.Add(new Item(id, depth, what, draw));

    /// <summary>Takes the ids of a mask.</summary>
    public void Set(ReadOnlySpan<byte> ids) => ids.CopyTo(Ids);

    /// <summary>Paints what was added.</summary>
    /// <exception cref="InvalidDataException">A label is unknown, or an object cannot be drawn.</exception>
    public void Finish()
    {
        if (_unknown.Count > 0)
            throw new InvalidDataException(
                $"{_source} has {(_unknown.Count == 1 ? "a label that is" : "labels that are")} none of the classes: " +
                $"{string.Join(", ", _unknown.Select(label => $"'{Excerpt.Of(label)}'"))}. Add {(_unknown.Count == 1 ? "it" : "them")} to the classes, or say that unknown labels are skipped or ignored.");
        _stencil.Resize(Height, Width);
        IEnumerable<Item> items = order == PaintOrder.Area && _items.Count > 1
            ? _items.Select(item => (Item: item, Area: AreaOf(item))).OrderBy(pair => pair.Item.Depth).ThenByDescending(pair => pair.Area)
                .Select(pair => pair.Item).ToArray()
            : _items.OrderBy(item => item.Depth);
        foreach (var item in items)
        {
            Draw(item);
            _stencil.Paint(Ids, item.Id);
            _stencil.Clear();
            Objects++;
        }
    }

    private void AddUnknown(string label, string what, Action<Stencil> draw, double depth)
    {
        if (options.UnknownLabels == UnknownLabels.Refuse)
            _unknown.Add(label);
        else if (options.UnknownLabels == UnknownLabels.Ignore)
            Add(LabelMap.IgnoreId, what, draw, depth);
    }

    private int AreaOf(Item item)
    {
        Draw(item);
        int area = _stencil.Count();
        _stencil.Clear();
        return area;
    }

    private void Draw(Item item)
    {
        try
        {
            item.Draw(_stencil);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_source}: {item.What} {e.Message}. Export the annotations again.", e);
        }
    }
}
