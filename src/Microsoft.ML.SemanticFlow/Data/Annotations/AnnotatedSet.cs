// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations;

/// <summary>What a tree holds: its classes and its images, which are read one after another.</summary>
/// <param name="classes">The classes.</param>
/// <param name="names">Of every image, in the order of <paramref name="images"/>.</param>
/// <param name="images">The images; enumerated once.</param>
internal sealed class AnnotatedSet(ClassTable classes, IReadOnlyList<AnnotatedName> names, IEnumerable<AnnotatedImage> images) : IDisposable
{
    public AnnotatedSet(ClassTable classes, IReadOnlyList<AnnotatedImage> images)
        : this(classes, [.. images.Select(image => image.Name)], images)
    {
    }

    public ClassTable Classes => classes;

    public IReadOnlyList<AnnotatedName> Names => names;

    public IEnumerable<AnnotatedImage> Images => images;

    /// <summary>What was guessed or passed over, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What is held open while images are read.</summary>
    public IDisposable? Held { get; init; }

    public void Dispose() => Held?.Dispose();
}

/// <param name="Split">The split.</param>
/// <param name="Path">The path below the split's folders, with slashes, without an ending.</param>
internal readonly record struct AnnotatedName(DatasetSplit Split, string Path);

/// <summary>An image and its annotations.</summary>
/// <param name="Name">Where it goes.</param>
/// <param name="Source">The file that holds its annotations.</param>
/// <param name="Open">Finds the image and reads its annotations; fails where they cannot be used.</param>
internal sealed record AnnotatedImage(AnnotatedName Name, string Source, Func<AnnotatedContent> Open);

/// <summary>An image file, or its bytes, and what paints its mask.</summary>
/// <param name="ImagePath">The file; null where <paramref name="Bytes"/> holds it.</param>
/// <param name="Paint">Paints the mask; null for an image of the test split that has none.</param>
/// <param name="Bytes">The encoded image.</param>
internal sealed record AnnotatedContent(string? ImagePath, Action<MaskCanvas>? Paint, byte[]? Bytes = null);
