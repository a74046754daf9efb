// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>What the kinds of findings are called.</summary>
internal static class DatasetFindingText
{
    /// <summary>For people, in the plural.</summary>
    public static string TitleOf(DatasetFindingKind kind) => kind switch
    {
        DatasetFindingKind.UnreadableFile => "Files that cannot be read",
        DatasetFindingKind.MissingFile => "Missing files",
        DatasetFindingKind.Name => "Names",
        DatasetFindingKind.SizeDiffers => "Sizes that differ",
        DatasetFindingKind.TurnedImage => "Images turned by EXIF",
        DatasetFindingKind.UnknownId => "Unknown ids and colours",
        DatasetFindingKind.ColorMask => "Masks in colours",
        DatasetFindingKind.JpegMask => "JPEG masks",
        DatasetFindingKind.EmptyMask => "Empty masks",
        DatasetFindingKind.IdGap => "Gaps between ids",
        DatasetFindingKind.AbsentClass => "Absent classes",
        DatasetFindingKind.SameImage => "The same image again",
        DatasetFindingKind.SimilarNeighbors => "Neighbours of a video in two splits",
        DatasetFindingKind.ImageCount => "Numbers of images",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind has no title."),
    };
}
