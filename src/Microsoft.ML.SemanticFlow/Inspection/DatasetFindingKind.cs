// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What is wrong with a data set.</summary>
public enum DatasetFindingKind
{
    /// <summary>A file cannot be read to its end, or is none of its kind.</summary>
    UnreadableFile,

    /// <summary>An image lacks its label, or a list names an image that is not there.</summary>
    MissingFile,

    /// <summary>Two files go by one name, or one is not named as the data set names files.</summary>
    Name,

    /// <summary>A label has another size than its image.</summary>
    SizeDiffers,

    /// <summary>An image is turned by EXIF, and its label is not.</summary>
    TurnedImage,

    /// <summary>A label holds an id, or a colour, that its label map does not know.</summary>
    UnknownId,

    /// <summary>A label is drawn in colours, and is to be read as ids.</summary>
    ColorMask,

    /// <summary>A label is a JPEG, which changes ids.</summary>
    JpegMask,

    /// <summary>A label has no pixel of a class.</summary>
    EmptyMask,

    /// <summary>Ids between others are in no label.</summary>
    IdGap,

    /// <summary>A class is in no label of a split.</summary>
    AbsentClass,

    /// <summary>One image is in two splits, or twice in one.</summary>
    SameImage,

    /// <summary>Neighbours in a video are nearly the same and in two splits.</summary>
    SimilarNeighbors,

    /// <summary>A split has another number of images than it is published with.</summary>
    ImageCount,
}
