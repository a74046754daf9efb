// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Class ids of an image, one byte a pixel: 0-based train ids, 255 where nothing counts.</summary>
/// <remarks>Immutable and owned by the garbage collector: rows may keep it, threads may share it.</remarks>
/// <example>
/// <code>
/// var labels = LabelMap.FromClassNames("two", "road", "sky");
/// var mask = new SegmentationMask(height: 2, width: 3, [1, 1, 1, 0, 0, 255], labels);
/// Console.WriteLine(labels.Classes[mask[row: 0, column: 2]].Name);    // prints sky
/// mask.Save("mask.png");
/// Console.WriteLine(SegmentationMask.Load("mask.png", labels));       // prints 2 x 3 (height x width), two (2 classes)
/// </code>
/// </example>
[SuppressMessage("ApiDesign", "RS0026", Justification = "Paths, streams, bytes and images tell the overloads apart.")]
public sealed partial class SegmentationMask
{
    private readonly byte[] _ids;

    /// <summary>Copies class ids into a mask.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="ids">Train ids, row by row; <paramref name="height"/> times <paramref name="width"/> of them.</param>
    /// <param name="labels">The label space that names and colours the ids; null when unknown.</param>
    public SegmentationMask(int height, int width, ReadOnlySpan<byte> ids, LabelMap? labels = null)
        : this(labels, ids.ToArray(), height, width)
    {
    }

    private SegmentationMask(LabelMap? labels, byte[] ids, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (ids.Length != (long)height * width)
            throw new ArgumentException($"A mask of {height} x {width} holds {(long)height * width} ids, not {ids.Length}.", nameof(ids));
        (Height, Width, _ids, Labels) = (height, width, ids, labels);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The label space that names and colours the ids; null when unknown.</summary>
    public LabelMap? Labels { get; }

    /// <summary>All ids, row by row.</summary>
    public ReadOnlySpan<byte> Ids => _ids;

    /// <summary>The id of one pixel.</summary>
    /// <param name="row">0 at the top.</param>
    /// <param name="column">0 at the left.</param>
    public byte this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Height);
            ArgumentOutOfRangeException.ThrowIfNegative(column);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Width);
            return _ids[row * Width + column];
        }
    }

    /// <summary>The same ids under another label space.</summary>
    /// <param name="labels">The label space; null to forget it.</param>
    /// <returns>A mask that shares this one's ids.</returns>
    public SegmentationMask WithLabels(LabelMap? labels) => Adopt(Height, Width, _ids, labels);

    /// <summary>Size and label space, such as "360 x 480 (height x width), CamVid (11 classes)".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Height} x {Width} (height x width), {Labels?.ToString() ?? "no label map"}";

    /// <summary>Makes a mask of an array that nobody writes to afterwards, without a copy.</summary>
    internal static SegmentationMask Adopt(int height, int width, byte[] ids, LabelMap? labels) => new(labels, ids, height, width);
}
