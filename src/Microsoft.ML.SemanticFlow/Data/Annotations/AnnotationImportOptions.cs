// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How annotations are read and what is written.</summary>
/// <example>
/// <code>
/// var options = new AnnotationImportOptions
/// {
///     Format = AnnotationFormats.LabelMe,                    // null finds out by the files
///     Background = AnnotationBackground.Ignore,              // pixels of no object are not learnt
///     UnknownLabels = UnknownLabels.Skip,
/// };
/// ml.SemanticSegmentation.Data.Import("in", "data/mine", options);
/// </code>
/// </example>
public sealed record AnnotationImportOptions
{
    /// <summary>The format; null recognises it by the files, where they leave no doubt.</summary>
    public AnnotationFormatInfo? Format { get; init; }

    /// <summary>Where the images lie, when not beside the annotations. Default null.</summary>
    public string? ImagesDirectory { get; init; }

    /// <summary>
    /// The classes and their raw ids; null takes those that the format lists. labelme lists them in <c>labels.txt</c>, in the folder or
    /// beside it; without that file, and for Label Studio, they are those that occur.
    /// </summary>
    public LabelMap? Labels { get; init; }

    /// <summary>What becomes of pixels that no object covers. Default: a class.</summary>
    public AnnotationBackground Background { get; init; }

    /// <summary>Which of two objects that overlap is seen; null takes the format's own, <see cref="AnnotationFormatInfo.Order"/>.</summary>
    public PaintOrder? Order { get; init; }

    /// <summary>What becomes of objects whose label is none of the classes. Default: their image cannot be used.</summary>
    public UnknownLabels UnknownLabels { get; init; }

    /// <summary>Whether COCO's objects that stand for a crowd are painted as ignored, 255. Default false: as others.</summary>
    public bool IgnoreCrowds { get; init; }

    /// <summary>
    /// Whether a pixel of a mask in colours takes the class of the nearest colour (by the sum of squared differences; of two, the first
    /// class) where its own is none. Default false: such a mask cannot be used.
    /// </summary>
    public bool NearestColor { get; init; }

    /// <summary>Which annotations are read where a tree holds several of one format: <c>v1.2</c> or <c>v2.0</c> of Mapillary Vistas,
    /// <c>gtFine</c> or <c>gtCoarse</c> of Cityscapes. Null takes v2.0 where it is, and gtCoarse for images that have no gtFine.</summary>
    public string? Variant { get; init; }

    /// <summary>How images come into the folder. Default: as links.</summary>
    public ImagePlacement Images { get; init; }

    /// <summary>
    /// Which part of the images is imported, where several processes or machines write to one folder. Default all. A last import of all of them does what
    /// a part left undone, and reports the whole.
    /// </summary>
    public WorkShard Shard { get; init; }

    /// <summary>How many images are worked on at once; null for one a processor. Memory grows with it, not with the set.</summary>
    public int? MaxDegreeOfParallelism
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    }

    /// <summary>What becomes of images that cannot be used, and who is told. Default: the first ends the import.</summary>
    public ReadingOptions Reading { get; init; } = new();

    /// <summary>Told of every image that is done; may be called from several threads at once.</summary>
    public IProgress<AnnotationImportProgress>? Progress { get; init; }

    /// <summary>Ends the import between two images; what is done stays, and the next import goes on.</summary>
    public CancellationToken CancellationToken { get; init; }
}
