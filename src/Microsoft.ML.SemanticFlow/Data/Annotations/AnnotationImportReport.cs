// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What an import read and wrote.</summary>
/// <example>
/// <code>
/// var report = ml.SemanticSegmentation.Data.Import("in", "data/mine");
/// Console.WriteLine($"{report.Format}: {report.Images[DatasetSplit.Train]} images, {report.Objects} objects, classes {report.Labels}");
/// foreach (string note in report.Notes)
///     Console.WriteLine(note);
/// </code>
/// </example>
public sealed class AnnotationImportReport
{
    internal AnnotationImportReport(AnnotationFormatInfo format, LabelMap labels) => (Format, Labels) = (format, labels);

    /// <summary>The format that was read.</summary>
    public AnnotationFormatInfo Format { get; }

    /// <summary>What showed that format, in a few words; null where the caller named it.</summary>
    public string? RecognizedBy { get; internal init; }

    /// <summary>The classes, as classes.csv has them.</summary>
    public LabelMap Labels { get; }

    /// <summary>Images of each split with their masks, those of earlier imports too.</summary>
    public IReadOnlyDictionary<DatasetSplit, int> Images { get; internal init; } = new Dictionary<DatasetSplit, int>();

    /// <summary>How many of them were there already, whole, from an earlier import.</summary>
    public int Existing { get; internal init; }

    /// <summary>Objects painted by this import.</summary>
    public long Objects { get; internal init; }

    /// <summary>Pixels of each raw id in the masks; 255 are those that are ignored, unless a class has that id.</summary>
    public IReadOnlyDictionary<byte, long> Pixels { get; internal init; } = new Dictionary<byte, long>();

    /// <summary>Images that could not be used, and why.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; internal init; } = [];

    /// <summary>What was guessed, passed over or done otherwise than some would expect: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];
}
