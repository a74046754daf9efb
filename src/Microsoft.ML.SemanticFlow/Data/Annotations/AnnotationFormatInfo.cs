// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data.Annotations;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One way in which tools write annotations: how its files lie, and what holds unless the caller says otherwise.</summary>
/// <example>
/// <code>
/// foreach (var format in AnnotationFormats.All)
///     Console.WriteLine($"{format.Id}: {format.Title}, {format.Layout}");
/// </code>
/// </example>
public sealed class AnnotationFormatInfo
{
    internal AnnotationFormatInfo(string id, string title, string layout) => (Id, Title, Layout) = (id, title, layout);

    /// <summary>The id used on the command line, such as <c>labelme</c>.</summary>
    public string Id { get; }

    /// <summary>One line for people.</summary>
    public string Title { get; }

    /// <summary>The files below the root, in one line.</summary>
    public string Layout { get; }

    /// <summary>What fills polygons, and by which version's rule; empty where masks are read as they are.</summary>
    public string Painter { get; internal init; } = "";

    /// <summary>Which of two objects that overlap is seen, unless the caller chooses.</summary>
    public PaintOrder Order { get; internal init; }

    /// <summary>What is the class of pixels that no object covers, in a few words.</summary>
    public string Background { get; internal init; } = "class 0, background";

    /// <summary>The names of the annotations of which a tree may hold several; empty where the format has no such choice.</summary>
    public IReadOnlyList<string> Variants { get; internal init; } = [];

    /// <summary>What in a tree shows that it is of this format, in a few words; null where nothing does.</summary>
    internal Func<AnnotationTree, string?> Recognize { get; init; } = static _ => null;

    /// <summary>Lists what a tree holds.</summary>
    internal Func<AnnotationTree, AnnotationImportOptions, AnnotatedSet> Open { get; init; } =
        static (_, _) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override string ToString() => Id;
}
