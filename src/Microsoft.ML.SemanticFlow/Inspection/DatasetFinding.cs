// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Something about a data set that was found, and where.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">A sentence: what is wrong, where, and what to do.</param>
/// <example>
/// <code>
/// foreach (var finding in ml.SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, "my-data").Findings.Where(finding => !finding.IsNote))
///     Console.WriteLine($"{finding.Kind} {finding.Path} ({finding.Row}, {finding.Column}): {finding.Message}");
/// </code>
/// </example>
public sealed record DatasetFinding(DatasetFindingKind Kind, string Message)
{
    /// <summary>The split it was found in; null where it is about several.</summary>
    public DatasetSplit? Split { get; init; }

    /// <summary>The file, mostly an image; null where it is about no single one.</summary>
    public string? Path { get; init; }

    /// <summary>The other file of two: a label, or an image of the same content.</summary>
    public string? OtherPath { get; init; }

    /// <summary>The row in the label, from 0; null where no pixel shows it.</summary>
    public int? Row { get; init; }

    /// <summary>The column in the label, from 0; null where no pixel shows it.</summary>
    public int? Column { get; init; }

    /// <summary>Whether it is worth knowing, and yet may be as it should.</summary>
    public bool IsNote { get; init; }
}
