// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Something that a page says of how its figures came about.</summary>
/// <param name="Group">What it is about, such as "Model", "Data" or "Machine".</param>
/// <param name="Name">What is said.</param>
/// <param name="Value">The answer.</param>
/// <example>
/// <code>
/// var options = new SegmentationReportOptions { Facts = [new SegmentationReportFact("Model", "trained by", "night shift")] };
/// evaluation.SaveReport("report.html", options);
/// </code>
/// </example>
public sealed record SegmentationReportFact(string Group, string Name, string Value);
