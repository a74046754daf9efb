// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What the page of an evaluation says beside the figures, and where its pictures come from.</summary>
/// <example>
/// <code>
/// var options = new SegmentationReportOptions { Title = "Street scenes, model 7" };
/// evaluation.SaveReport("report.html", options);
/// </code>
/// </example>
public sealed record SegmentationReportOptions
{
    /// <summary>The heading; null for one that names the label space.</summary>
    public string? Title { get; init; }

    /// <summary>The command that makes the page again; null for none.</summary>
    public string? Command { get; init; }

    /// <summary>What is said of the model, the data and the machine, in order.</summary>
    public IReadOnlyList<SegmentationReportFact> Facts { get; init; } = [];

    /// <summary>Gives an image by the name under which it was counted; null, or a source that gives null, for a page without pictures.</summary>
    /// <remarks>It is asked for some thirty images, several at once: the worst, the best, some between, and those behind the largest confusions.</remarks>
    public Func<string, SegmentationReportImage?>? Images { get; init; }
}
