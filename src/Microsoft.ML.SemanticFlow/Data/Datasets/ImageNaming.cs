// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>How a data set names the images of a folder and their label files. A name is a path below the folder, without its ending.</summary>
internal sealed record ImageNaming
{
    /// <summary>A label has its image's name.</summary>
    public static ImageNaming Same { get; } = new();

    /// <summary>Whether an image belongs to the split; nothing is said of the others.</summary>
    public Predicate<string> IsWanted { get; init; } = static _ => true;

    /// <summary>The name of an image's label; null where the image is not named as the data set names them.</summary>
    public Func<string, string?> LabelOf { get; init; } = static name => name;

    /// <summary>How images are named, in messages.</summary>
    public string Form { get; init; } = "";

    /// <summary>Whether a split without any label is one to be scored.</summary>
    public bool MayLackLabels { get; init; }

    /// <summary>What to do where a label is missing.</summary>
    public string Remedy { get; init; } = "Add the label or remove the image.";

    /// <summary>Images whose names end in one word and their labels, in the same folder, in another.</summary>
    /// <param name="image">Such as <c>_leftImg8bit</c>.</param>
    /// <param name="label">Such as <c>_gtFine_labelIds</c>.</param>
    /// <param name="stem">Whether what stands before is a name of the data set's.</param>
    /// <param name="form">How it is named.</param>
    public static ImageNaming Replacing(string image, string label, Predicate<string> stem, string form) => new()
    {
        LabelOf = name => name.EndsWith(image, StringComparison.Ordinal) && stem(Path.GetFileName(name)[..^image.Length]) ? name[..^image.Length] + label : null,
        Form = form + image,
    };

    /// <summary>Labels named as their images with a word added.</summary>
    public static ImageNaming Adding(string label) => new() { LabelOf = name => name + label };
}
